package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// demo runs the command line and returns what it prints.
func demo(args ...string) (string, error) {
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.Execute()
	return out.String(), err
}

func TestTrainPrintsJSONLines(t *testing.T) {
	dir := t.TempDir()
	out, err := demo("--limit", "400", "--epochs", "2", "--json", "--out", filepath.Join(dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines, want one an epoch and the result:\n%s", len(lines), out)
	}
	var last struct {
		Accuracy *float64 `json:"test_accuracy"`
		Loss     *float64 `json:"test_loss"`
		Epochs   *int     `json:"epochs"`
		Seconds  *float64 `json:"seconds"`
	}
	if err := json.Unmarshal([]byte(lines[2]), &last); err != nil {
		t.Fatal(err)
	}
	if last.Accuracy == nil || last.Loss == nil || last.Epochs == nil || *last.Epochs != 2 || last.Seconds == nil {
		t.Errorf("last line is %s", lines[2])
	}
	if *last.Accuracy < 0.3 {
		t.Errorf("test accuracy %g after 400 images, want far over chance", *last.Accuracy)
	}
	for _, f := range []string{"config.json", "history.jsonl", "history.csv", "history.svg", "confusion.svg", "best.safetensors", "weights.safetensors"} {
		if info, err := os.Stat(filepath.Join(dir, "run", f)); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", f, err)
		}
	}
}

func TestErrorsAreOneClearLine(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"summary --arch resnet51", []string{"resnet51", "resnet50"}},
		{"summary --arch googlenet --input 3x8x8", []string{"8x8"}},
		{"summary --arch alexnet --input 3x20x20", []string{"20x20"}},
		{"summary --input 3x20", []string{"3x20"}},
		{"graph -o picture.gif", []string{"picture.gif", ".png"}},
		{"train --optimizer SDG", []string{"SDG", `did you mean "sgd"`}},
		{"train --schedule onecylce", []string{"onecylce", `did you mean "onecycle"`}},
		{"train --out /dev/null/run", []string{"--out", "/dev/null/run", "can't be made"}},
		{"graph --depth -1", []string{"--depth", "0 for all"}},
		{"summary --depth auto", []string{"--depth", "0 for all"}},
		{"train --activation rleu", []string{"rleu", "relu"}},
		{"train --data mnits", []string{"mnits"}},
		{"train --data cifar10 --data-dir /no/such/folder", []string{"/no/such/folder"}},
		{"train --serve=nonsense --out -", []string{"--serve", "nonsense", "port"}},
		{"train --serve=300.0.0.1:99999 --out -", []string{"--serve"}},
		{"live /no/such/run", []string{"/no/such/run", "no run"}},
		{"live --limit -1", []string{"--limit is -1"}},
		{"live run --weights file", []string{"exclude each other"}},
		{"train --epochs 0", []string{"--epochs is 0"}},
		{"train --schedule later", []string{"later"}},
		{"train --limit 200 --epochs 5 --optimizer sgd --schedule constant --lr 1e30", []string{"NaN", "step"}},
		{"bench --mode fast", []string{"fast"}},
		{"bench --mode first", []string{"--weights"}},
		{"bench --mode first --weights /no/such/file", []string{"/no/such/file"}},
		{"bench --kernel fft", []string{"fft"}},
		{"frobnicate", []string{"frobnicate", "known are"}},
		{"trian", []string{`unknown command "trian"`, `did you mean "train"`}},
		{"train --epoch 3", []string{`unknown flag "--epoch"`, `did you mean "--epochs"`}},
		{"bench -q", []string{"-q"}},
	} {
		out, err := demo(strings.Fields(c.args)...)
		if err == nil {
			t.Errorf("demo %s: no error:\n%s", c.args, out)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("demo %s: error %q does not contain %q", c.args, err, w)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("demo %s: the error has several lines: %q", c.args, err)
		}
	}
}

func TestSummaryAndList(t *testing.T) {
	out, err := demo("summary", "--arch", "lenet5")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"LeNet-5", "conv2", "16x10x10", "61,706"} {
		if !strings.Contains(out, want) {
			t.Errorf("summary lacks %q:\n%s", want, out)
		}
	}
	if out, err = demo("list"); err != nil || !strings.Contains(out, "googlenet_paper") {
		t.Errorf("list lacks googlenet_paper: %v\n%s", err, out)
	}
	if out, err = demo("list", "--json"); err != nil || !strings.Contains(out, `"name":"resnet152"`) {
		t.Errorf("list --json lacks resnet152: %v\n%s", err, out)
	}
}

func TestGraphWritesWholeFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "g.svg")
	if _, err := demo("graph", "--arch", "cifar_resnet20", "-o", file); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"</svg>", "layer3", "conv1"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("drawing lacks %q", want)
		}
	}
	if _, err := demo("graph", "--korean", "-o", file); err != nil {
		t.Fatal(err)
	}
	if svg, err := os.ReadFile(file); err != nil || !bytes.Contains(svg, []byte("합성곱")) {
		t.Errorf("--korean draws no Korean: %v", err)
	}
	picture := filepath.Join(t.TempDir(), "g.png")
	if _, err := demo("graph", "-o", picture); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(picture); err != nil || !bytes.HasPrefix(b, []byte("\x89PNG")) {
		t.Errorf("no PNG: %v", err)
	}
	if _, err := demo("graph", "-o", filepath.Join(t.TempDir(), "no", "such", "g.svg")); err == nil {
		t.Error("writing into a folder that does not exist is no error")
	}
}

func TestBenchAndProfile(t *testing.T) {
	out, err := demo("bench", "--arch", "lenet5", "--batch", "2", "--mode", "infer", "--threads", "1", "--seconds", "0.01", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"arch", "batch", "mode", "threads", "isa", "ms_per_step", "images_per_second", "gflops", "peak_gflops", "peak_memory_bytes", "allocs_per_step"} {
		if _, ok := m[key]; !ok {
			t.Errorf("bench --json lacks %s: %s", key, out)
		}
	}
	root := newRoot()
	var turns bytes.Buffer
	root.SetOut(&turns)
	root.SetIn(strings.NewReader("\n\n\n"))
	root.SetArgs(strings.Fields("bench --arch lenet5 --batch 2 --seconds 0.01 --json --turns"))
	if err := root.Execute(); err != nil || strings.Count(turns.String(), "\n") != 3 {
		t.Errorf("three turns: %v\n%s", err, turns.String())
	}
	if out, err = demo("profile", "--batch", "2", "--runs", "1"); err != nil || !strings.Contains(out, "conv2d_weight_grad") {
		t.Errorf("profile: %v\n%s", err, out)
	}
}

// A small limit bounds the testing too, one epoch is one, and names of optimizers
// and schedules may be written in any case.
func TestTrainSaysWhatItDid(t *testing.T) {
	out, err := demo("train", "--limit", "150", "--epochs", "1", "--optimizer", "SGD", "--schedule", "Cosine")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"150 images of 1x28x28, 10 classes; testing on 150\n", "after 1 epoch in "} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
}

// --depth means one thing: 1 the top level, 0 all.
func TestDepth(t *testing.T) {
	dir := t.TempDir()
	boxes := func(depth ...string) int {
		file := filepath.Join(dir, "g.dot")
		if _, err := demo(append([]string{"graph", "--arch", "cifar_resnet20", "-o", file}, depth...)...); err != nil {
			t.Fatal(err)
		}
		dot, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(dot, []byte("[label="))
	}
	rows := func(depth ...string) int {
		out, err := demo(append([]string{"summary", "--arch", "cifar_resnet20"}, depth...)...)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(out, "\n")
	}
	if top, all := boxes("--depth", "1"), boxes("--depth", "0"); top >= all || boxes("--depth", "9") != all || boxes("--depth", "auto") != boxes() {
		t.Errorf("%d boxes of the top level, %d of all", top, all)
	}
	if top, all := rows("--depth", "1"), rows("--depth", "0"); top >= all || rows("--depth", "9") != all || rows() != all {
		t.Errorf("%d rows of the top level, %d of all", top, all)
	}
}

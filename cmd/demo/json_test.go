package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What programs that read the last line may rely on: the names and what stands
// under them.
func TestLastLinesAreWhatProgramsRead(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	out, err := demo("train", "--limit", "256", "--epochs", "2", "--json", "--out", run)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line is no JSON: %s", line)
		}
	}
	trained := lastLine(t, out)
	text := func(m map[string]any, key string) string { s, _ := m[key].(string); return s }
	share := func(m map[string]any, key string) float64 {
		v, ok := m[key].(float64)
		if !ok || !(v >= 0 && v <= 1) {
			t.Errorf("%s is %v, want 0 to 1", key, m[key])
		}
		return v
	}
	share(trained, "test_accuracy")
	if v, ok := trained["test_loss"].(float64); !ok || !(v > 0) {
		t.Errorf("test_loss is %v", trained["test_loss"])
	}
	if v, ok := trained["seconds"].(float64); !ok || !(v > 0) {
		t.Errorf("seconds is %v", trained["seconds"])
	}
	if text(trained, "run") != run || trained["epochs"] != 2.0 || len(text(trained, "weights_sha256")) != 64 {
		t.Errorf("the last line is %v", trained)
	}
	if _, err := os.Stat(text(trained, "checkpoint")); err != nil {
		t.Error(err)
	}

	out, err = demo("eval", "--run", run, "--json")
	if err != nil {
		t.Fatal(err)
	}
	tested := lastLine(t, out)
	share(tested, "test_accuracy")
	if v, ok := tested["test_loss"].(float64); !ok || !(v > 0) || tested["images"] != 2000.0 {
		t.Errorf("the line of eval is %v", tested)
	}

	a, _ := digit(t, dir, 0)
	b, _ := digit(t, dir, 1)
	out, err = demo("predict", "--run", run, "--json", "--top", "10", a, b)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines for two pictures: %s", len(lines), out)
	}
	for i, line := range lines {
		var p map[string]any
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		list, _ := p["predictions"].([]any)
		if text(p, "image") != []string{a, b}[i] || len(list) != 10 {
			t.Fatalf("line %d is %s", i, line)
		}
		sum, last := 0.0, 1.0
		for _, x := range list {
			one, _ := x.(map[string]any)
			v := share(one, "probability")
			if text(one, "label") == "" || v > last {
				t.Errorf("prediction %v after one of %g", one, last)
			}
			sum, last = sum+v, v
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("the probabilities add up to %g", sum)
		}
	}
}

// A run that is killed again and again, and one that is stopped, end with the
// last line of one that was neither.
func TestKilledTrainingEndsTheSame(t *testing.T) {
	dir := t.TempDir()
	args := []string{"train", "--limit", "512", "--epochs", "3", "--augment", "--ema", "0.95", "--checkpoint-every", "1", "--json"}
	straight, err := demo(append(args, "--out", filepath.Join(dir, "a"))...)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "b")
	start := append(args, "--out", path)
	for i, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGKILL} {
		p := process(t, os.Args[0], start...)
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		for range 3000 { // until it has saved some steps more
			files, _ := filepath.Glob(filepath.Join(path, "checkpoints", "step-*"))
			if len(files) > 0 && files[len(files)-1] >= filepath.Join(path, "checkpoints", fmt.Sprintf("step-%09d", 4*(i+1))) {
				break
			}
			time.Sleep(time.Millisecond)
		}
		_ = p.Process.Signal(signal)
		_ = p.Wait()
		start = []string{"train", "--resume", path, "--json"}
	}
	out, err := demo(start...)
	if err != nil {
		t.Fatal(err)
	}
	want, got := lastLine(t, straight), lastLine(t, out)
	for _, key := range []string{"weights_sha256", "test_accuracy", "test_loss", "epochs"} {
		if got[key] != want[key] || got[key] == nil {
			t.Errorf("%s is %v, want %v", key, got[key], want[key])
		}
	}
	history, err := os.ReadFile(filepath.Join(path, "history.jsonl"))
	if err != nil || strings.Count(string(history), "\n") != 3 {
		t.Errorf("history %s, %v", history, err)
	}
	// And a finished run can be resumed: nothing is trained.
	if out, err = demo(start...); err != nil || lastLine(t, out)["weights_sha256"] != want["weights_sha256"] {
		t.Errorf("resumed after its end: %v\n%s", err, out)
	}
}

// TestTrainNamesTheWeightsThatItKeeps: with averages the checksum is theirs.
func TestTrainNamesTheWeightsThatItKeeps(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	out, err := demo("train", "--json", "--limit", "200", "--epochs", "1", "--ema", "0.9", "--out", run)
	if err != nil {
		t.Fatal(err)
	}
	told := lastLine(t, out)["weights_sha256"]
	if out, err = demo("compare", "--json", run); err != nil {
		t.Fatal(err)
	}
	if kept := lastLine(t, out)["weights_sha256"]; told != kept || kept == nil {
		t.Errorf("train tells %v, the run keeps %v", told, kept)
	}
}

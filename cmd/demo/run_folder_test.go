package main

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/datasets"
)

// lastLine reads the JSON object on the last line.
func lastLine(t *testing.T, out string) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var m map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &m); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return m
}

// digit writes test image i as a picture.
func digit(t *testing.T, dir string, i int) (path string, label int) {
	t.Helper()
	_, test, err := datasets.EmbeddedMNIST()
	if err != nil {
		t.Fatal(err)
	}
	img, err := test.Image(i)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "digit"+string(rune('a'+i))+".png")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path, test.Labels()[i]
}

// What a new user does: train, then classify pictures and test again, without
// naming a folder.
func TestTrainThenPredictAndEval(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := demo("predict", "x.png"); err == nil || !strings.Contains(err.Error(), "run 'demo train' first") {
		t.Errorf("before any training: %v", err)
	}
	out, err := demo("--limit", "3000", "--epochs", "3", "--json")
	if err != nil {
		t.Fatal(err)
	}
	trained := lastLine(t, out)
	for _, key := range []string{"run", "test_accuracy", "test_loss", "epochs", "seconds", "checkpoint", "weights_sha256"} {
		if trained[key] == nil {
			t.Errorf("the last line lacks %s: %v", key, trained)
		}
	}
	if _, err := os.Stat(trained["checkpoint"].(string)); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	right := 0
	var files []string
	for i := range 10 {
		path, label := digit(t, dir, i)
		files = append(files, path)
		out, err := demo("predict", "--json", path)
		if err != nil {
			t.Fatal(err)
		}
		var p prediction
		if err := json.Unmarshal([]byte(out), &p); err != nil {
			t.Fatal(err)
		}
		if p.Image != path || len(p.Predictions) != 5 || p.Predictions[0].Probability < p.Predictions[1].Probability {
			t.Errorf("prediction %s", out)
		}
		if p.Predictions[0].Label == string(rune('0'+label)) {
			right++
		}
	}
	if right < 8 {
		t.Errorf("%d of 10 digits are right", right)
	}
	sheet := filepath.Join(dir, "sheet.png")
	broken := filepath.Join(dir, "broken.png")
	if err := os.WriteFile(broken, []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err = demo(append([]string{"predict", "-o", sheet, "--top", "1", broken}, files...)...)
	if err == nil || !strings.Contains(err.Error(), "1 picture of 11 could not be read") || strings.Count(out, "%") < 10 {
		t.Errorf("with a broken file: %v\n%s", err, out)
	}
	if info, err := os.Stat(sheet); err != nil || info.Size() == 0 {
		t.Errorf("no contact sheet: %v", err)
	}
	for _, args := range [][]string{{"eval", "--json"}, {"eval", "--json", "--run", trained["run"].(string)},
		{"eval", "--json", "--weights", filepath.Join(trained["run"].(string), "weights.safetensors")}} {
		out, err := demo(args...)
		if err != nil {
			t.Fatal(err)
		}
		if e := lastLine(t, out); e["images"] != 2000.0 || e["test_accuracy"].(float64) < 0.8 || e["auc"].(float64) < 0.95 ||
			e["top_five"].(float64) < 0.95 || !(e["calibration_error"].(float64) < 0.2) || !(e["brier"].(float64) < 0.4) {
			t.Errorf("demo %v: %s", args, out)
		}
	}
	reliability := filepath.Join(dir, "reliability.png")
	if out, err := demo("eval", "-o", reliability); err != nil || !strings.Contains(out, "calibration error") || !strings.Contains(out, "area under the ROC curve 0.9") {
		t.Errorf("%v\n%s", err, out)
	}
	if info, err := os.Stat(reliability); err != nil || info.Size() == 0 {
		t.Errorf("no picture: %v", err)
	}
	if _, err := demo("eval", "-o", "x.txt"); err == nil || !strings.Contains(err.Error(), "want a file that ends in .svg") {
		t.Error(err)
	}
}

// A run that is stopped and resumed has the weights of one that was not.
func TestResumedTrainingIsTheSame(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--limit", "512", "--epochs", "6", "--augment", "--json"}
	straight, err := demo(append(args, "--out", filepath.Join(dir, "a"))...)
	if err != nil {
		t.Fatal(err)
	}
	stopped := filepath.Join(dir, "b")
	p := process(t, os.Args[0], append(args, "--out", stopped)...)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	for range 3000 { // until the first checkpoint is there
		if files, _ := filepath.Glob(filepath.Join(stopped, "checkpoints", "*.safetensors")); len(files) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = p.Process.Kill()
	_ = p.Wait()
	out, err := demo("train", "--resume", stopped, "--json")
	if err != nil {
		if !strings.Contains(err.Error(), "nothing left") {
			t.Fatal(err)
		}
		t.Skip("the run ended before it could be killed")
	}
	if got, want := lastLine(t, out)["weights_sha256"], lastLine(t, straight)["weights_sha256"]; got != want || want == nil {
		t.Errorf("resumed it ends with %v, want %v", got, want)
	}
	if _, err := demo("train", "--resume", stopped, "--epochs", "9"); err == nil || !strings.Contains(err.Error(), "--epochs can't be given with --resume") {
		t.Errorf("other settings: %v", err)
	}
	if _, err := demo("train", "--out", stopped); err == nil || !strings.Contains(err.Error(), "holds a run already") {
		t.Errorf("over a run: %v", err)
	}
	if _, err := demo("train", "--resume", filepath.Join(dir, "no")); err == nil || !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Flags win over a file, a file over a recipe, and that over the defaults.
func TestSettingsInTheirOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	text := `{"batch": 96, "epochs": 7, "groups": [{"match": "fc.*", "lr_factor": 10}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var s training
	c := trainCommand(&s)
	if err := c.ParseFlags([]string{"--recipe", "CIFAR10_ResNet20", "--config", file, "--epochs", "3"}); err != nil {
		t.Fatal(err)
	}
	if err := s.follow(c); err != nil {
		t.Fatal(err)
	}
	if s.Name != "cifar10-resnet20" || s.Epochs != 3 || s.Batch != 96 || s.Optimizer != "muon" || len(s.Groups) != 1 || s.Seed != 1 {
		t.Errorf("settings are %+v", s.Recipe)
	}
	for want, args := range map[string][]string{
		`did you mean "cifar10-resnet20"`:                  {"--recipe", "cifar10-resnet"},
		`--data-dir is of no use to --data embedded_mnist`: {"--data-dir", "pictures"},
		`--epochs is 0, want at least 1`:                   {"--epochs", "0"},
		`--batch is 0, want at least 1`:                    {"--recipe", "mnist", "--batch", "0"},
		`--config: recipe: stat`:                           {"--config", filepath.Join(t.TempDir(), "none")},
		`--epochs is -2, want 1 to`:                        {"--epochs", "-2"},
		`--label-smoothing is 1, want at least 0 and`:      {"--label-smoothing", "1"},
		`--data: unknown data "cifar11"; did you mean`:     {"--data", "cifar11"},
		`--schedule: unknown schedule "cosinus"; did you`:  {"--schedule", "cosinus"},
	} {
		if _, err := demo(append([]string{"train", "--out", "-"}, args...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", args, err, want)
		}
	}
}

// What belongs to an optimizer goes with it, and a file's interval of checkpoints is
// taken.
func TestSettingsThatHangTogether(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte(`{"recipe": "cifar10-fast", "checkpoint_every": "77"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args      string
		optimizer int
		every     string
	}{{"--config " + file, 2, "77"}, {"--optimizer adam --config " + file + " --checkpoint-every 5s", 0, "5s"}, {"--optimizer SGD --recipe cifar10-fast", 2, ""}} {
		var s training
		command := trainCommand(&s)
		if err := command.ParseFlags(strings.Fields(c.args)); err != nil {
			t.Fatal(err)
		}
		if err := s.follow(command); err != nil {
			t.Fatal(err)
		}
		if len(s.OptimizerArgs) != c.optimizer || s.CheckpointEvery != c.every || s.Arch != "airbench94" {
			t.Errorf("%s: settings are %+v", c.args, s.Record)
		}
	}
}

// The settings of runs that were begun before recipes, and of some that were begun
// by a later program.
func TestResumeOtherSettings(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		`{"arch": "cifar_resnet20", "data": "cifar10", "data_dir": "/no/such/folder", "epochs": 40, "batch": 128, "lr": 0.2, "optimizer": "sgd",
"schedule": "onecycle", "augment": true, "weight_decay": 0.0005, "recipe": "cifar10-resnet20", "seed": 1, "threads": 2, "isa": "avx512"}`: "/no/such/folder",
		`{"arch": "lenet5", "data": "embedded_mnist", "epochs": 6, "batch": 64, "optimizer": "adam", "schedule": "onecycle", "seed": 1, "emma": 0.9}`: `unknown field "emma"; did you mean "ema"?`,
		`{"arch": "lenet5", "epochs": "six"}`: `epochs`,
	} {
		if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := demo("train", "--resume", dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestCheckpointEvery(t *testing.T) {
	for text, want := range map[string][2]int64{"": {0, 0}, "500": {-1, 500}, "90s": {int64(90 * time.Second), 0}, "1h": {int64(time.Hour), 0}} {
		every, steps, err := checkpointEvery(text)
		if err != nil || int64(every) != want[0] || int64(steps) != want[1] {
			t.Errorf("%q: %v and %d steps, %v", text, every, steps, err)
		}
	}
	for _, text := range []string{"0", "-3", "-1s", "often", "1.5", "9999999999999999999999"} {
		if _, err := demo("train", "--checkpoint-every", text); err == nil || !strings.Contains(err.Error(), "want a number of steps") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What could not begin leaves no folder of a run behind, here or elsewhere.
func TestMistypedTrainingLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "a", "b"))
	for _, args := range [][]string{{"train", "--arch", "lenet6"}, {"train", "--arch", "../../../evil"}, {"train", "--data", "mnist", "--data-dir", "nowhere"}} {
		if _, err := demo(args...); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
	for _, path := range []string{"runs/*", "../evil", "../../evil"} {
		if left, _ := filepath.Glob(path); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	}
}

// Names with control characters neither move the terminal nor add lines.
func TestPlainNames(t *testing.T) {
	for name, want := range map[string]string{"a b.png": "a b.png", "Hütte 山": "Hütte 山", "a\nb": `"a\nb"`, "\x1b[2J": `"\x1b[2J"`, "\xff": `"\xff"`} {
		if got := plain(name); got != want {
			t.Errorf("%q is written %s, want %s", name, got, want)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/trainer"
)

func TestFindLR(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "lr.svg")
	out, err := demo("find-lr", "--limit", "640", "--batch", "32", "--min", "1e-5", "--steps", "50", "-o", picture)
	if err != nil || !strings.Contains(out, "the loss falls fastest at 0.0") || !strings.Contains(out, "kept in "+picture) {
		t.Errorf("%v\n%s", err, out)
	}
	if svg, err := os.ReadFile(picture); err != nil || !strings.Contains(string(svg), "steepest: 0.0") {
		t.Errorf("the picture has no mark: %v", err)
	}
	out, err = demo("find-lr", "--limit", "100", "--batch", "20", "--steps", "7", "--max", "1e-3", "--json", "--mixup", "0.2")
	if e := lastLine(t, out); err != nil || len(e["lr"].([]any)) != 7 || len(e["loss"].([]any)) != 7 || e["diverged"] != false {
		t.Errorf("%v\n%s", err, out)
	}
	for args, want := range map[string]string{
		"-o lr.txt":        `-o is "lr.txt", want a file that ends in .svg, .png or .pdf`,
		"--min 3 --max 2":  "rates from 3 to 2",
		"--batch -3":       "--batch is -3, want 1 to",
		"--arch lenet6":    `did you mean "lenet5"`,
		"--early-stopping": "flag needs an argument",
	} {
		if _, err := demo(append([]string{"find-lr"}, strings.Fields(args)...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

// What flags say of a batch, of mixing and of stopping is kept with the run, the
// batch that was found as a number, and given flags win over a file's.
func TestTrainingSettingsAreKept(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	out, err := demo("train", "--limit", "130", "--epochs", "1", "--batch", "auto", "--accumulate", "2", "--mixup", "0.2", "--cutmix", "1",
		"--early-stopping", "3", "--clip-norm", "5", "--out", first)
	if err != nil || !strings.Contains(out, "batches of 128 images, for which the run plans ") {
		t.Fatalf("%v\n%s", err, out)
	}
	s, err := readSettings(first)
	if err != nil || s.Batch != 128 || s.Accumulate != 2 || *s.Mix != (datasets.Mix{Mixup: 0.2, CutMix: 1}) || s.ClipNorm != 5 ||
		*s.EarlyStopping != (trainer.EarlyStopping{Patience: 3, RestoreBest: true}) {
		t.Errorf("%+v, %v", s, err)
	}
	if out, err := demo("train", "--config", filepath.Join(first, "config.json"), "--mixup", "0", "--early-stopping", "0", "--batch", "32",
		"--schedule", "linear_warmup_0.1_to_1_over_2_then_plateau", "--out", second); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s, err = readSettings(second)
	if err != nil || s.Batch != 32 || s.Accumulate != 2 || *s.Mix != (datasets.Mix{CutMix: 1}) || s.EarlyStopping != nil || !strings.HasSuffix(s.Schedule, "plateau") {
		t.Errorf("%+v, %v", s, err)
	}
	for args, want := range map[string]string{
		"--batch many": "want a number of images, or auto", "--mixup x": "want a number, or 0 for none", "--mixup -1": "alphas are -1 and 0",
		"--early-stopping -1": "want a number of epochs, or 0 for never",
	} {
		if _, err := demo(append([]string{"train", "--out", "-"}, strings.Fields(args)...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

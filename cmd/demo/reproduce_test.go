package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReproduce: a run comes out the same again; one whose history was touched
// does not, and the first figure that differs is named.
func TestReproduce(t *testing.T) {
	dir := t.TempDir()
	first := filepath.Join(dir, "first")
	if _, err := demo("train", "--quiet", "--limit", "300", "--epochs", "2", "--augment", "--ema", "0.9", "--out", first); err != nil {
		t.Fatal(err)
	}
	out, err := demo("reproduce", first, "-q", "--out", filepath.Join(dir, "again"))
	if err != nil || !strings.Contains(out, "bit for bit: 2 epochs and the final weights are the same") {
		t.Errorf("%s\n%v", out, err)
	}
	out, err = demo("reproduce", first, "-q", "--epochs", "1", "--out", filepath.Join(dir, "begun"))
	if err != nil || !strings.Contains(out, "bit for bit: 1 epoch is the same") {
		t.Errorf("%s\n%v", out, err)
	}
	path := filepath.Join(first, "history.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	lines[1] = strings.Replace(lines[1], `"test_loss":`, `"test_loss":1`, 1)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err = demo("reproduce", first, "-q", "--out", filepath.Join(dir, "third"))
	if err == nil || !strings.Contains(out, "epoch 2: test loss 1") || !strings.Contains(err.Error(), "came out otherwise") {
		t.Errorf("%s\n%v", out, err)
	}
	out, err = demo("compare", first, dir, filepath.Join(dir, "again"), "-o", filepath.Join(dir, "c.svg"))
	if err == nil || !strings.Contains(out, "first") || !strings.Contains(out, "again") || !strings.Contains(err.Error(), "1 of 3 runs") {
		t.Errorf("%s\n%v", out, err)
	}
	if out, err = demo("report", first); err != nil || !strings.Contains(out, "report.html") {
		t.Errorf("%s\n%v", out, err)
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLab(t *testing.T) {
	out, err := demo("lab")
	if err != nil || !strings.Contains(out, "vanishing") || !strings.Contains(out, "takes") {
		t.Errorf("%v\n%s", err, out)
	}
	dir := filepath.Join(t.TempDir(), "unrolled")
	out, err = demo("lab", "unrolled", "--seeds", "1", "--out", dir)
	if err != nil || !strings.Contains(out, "verdict:   holds.") || !strings.Contains(out, dir) {
		t.Errorf("%v\n%s", err, out)
	}
	for _, name := range []string{"index.html", "result.json", "paths.csv", "deep.svg", "deep.png"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	for want, args := range map[string][]string{
		`did you mean "vanishing"`: {"lab", "vanishin"},
		"--seeds 0: want 1 to":     {"lab", "linear", "--seeds", "0"},
		"neither MNIST nor CIFAR":  {"lab", "linear", "--data-dir", t.TempDir()},
		"no results in":            {"lab", "lessons", "--docs", t.TempDir()},
	} {
		if _, err := demo(args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("demo %v: error %v, want %q", args, err, want)
		}
	}
}

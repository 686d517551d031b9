package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/pictures"
)

// TestExport: what is written are pictures of the size that was asked for, by
// class, and none that is there is written over.
func TestExport(t *testing.T) {
	dir := t.TempDir()
	export := func(args ...string) error {
		_, err := demo(append([]string{"data", "export", "embedded_mnist", dir}, args...)...)
		return err
	}
	for format, size := range map[string]int{"png": 28, "jpeg": 40, "gif": 31} {
		args := []string{"--half", "test", "--limit", "10", "--format", format}
		if size != 28 {
			args = append(args, "--size", map[int]string{40: "40", 31: "31"}[size])
		}
		if err := export(args...); err != nil {
			t.Fatal(err)
		}
		img, err := pictures.Open(filepath.Join(dir, "7", "test-00007."+format))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != size || b.Dy() != size {
			t.Errorf("%s: %v, want %d pixels a side", format, b, size)
		}
	}
	before, err := os.ReadFile(filepath.Join(dir, "7", "test-00007.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := export("--half", "test", "--limit", "10"); err == nil || !strings.Contains(err.Error(), "exist") {
		t.Errorf("a second time: %v", err)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "7", "test-00007.png")); err != nil || string(after) != string(before) {
		t.Errorf("the picture that was there is another: %v", err)
	}
	for args, want := range map[string]string{"--half val": "want train or test", "--format webp": "--format", "--size 5000": "at most 4096"} {
		if err := export(strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", args, err, want)
		}
	}
}

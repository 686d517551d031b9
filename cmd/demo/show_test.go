package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShowAugment(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "first.png")
	out, err := demo("train", "--data", "synthetic", "--arch", "cifar_resnet20", "--augment", "--policy", "rand", "--show-augment", path, "--out", filepath.Join(dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "64 training images: "+path) {
		t.Errorf("it says %q", out)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if img, err := png.Decode(f); err != nil || img.Bounds().Dx() < 300 {
		t.Errorf("no picture: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "run")); err == nil {
		t.Error("a folder was made, though nothing was trained")
	}
}

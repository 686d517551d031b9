package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The files in package kernel are what the generator writes.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	dir := t.TempDir()
	if err := generate(dir); err != nil {
		t.Fatal(err)
	}
	fresh, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range fresh {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.Base(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes: run it", filepath.Base(name))
		}
	}
	old, err := filepath.Glob(filepath.Join("..", "..", "vec_*_amd64.*"))
	if err != nil {
		t.Fatal(err)
	}
	if want := len(fresh) - 1; len(old) != want { // vec_plain.go is not among them
		t.Errorf("package kernel has %d generated files, the generator writes %d", len(old), want)
	}
}

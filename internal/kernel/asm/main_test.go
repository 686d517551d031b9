package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The generated files of package kernel are what the generators write, this
// one and elementwise, and nothing else there says that it is generated.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	dir := t.TempDir()
	if err := generate(dir); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "run", "./elementwise", "-dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("elementwise: %v\n%s", err, out)
	}
	fresh := map[string]bool{}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		fresh[f.Name()] = true
		want, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", f.Name()))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes: run it", f.Name())
		}
	}
	committed, err := filepath.Glob(filepath.Join("..", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	assembly := 0
	for _, name := range committed {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		isAssembly := filepath.Ext(name) == ".s"
		if isAssembly {
			assembly++
		}
		generated := isAssembly || bytes.HasPrefix(text, []byte("// Code generated"))
		if generated && !fresh[filepath.Base(name)] {
			t.Errorf("no generator writes %s", filepath.Base(name))
		}
	}
	t.Logf("%d generated files, %d of them assembly", len(fresh), assembly)
}

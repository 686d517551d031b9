package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestApply(t *testing.T) {
	for _, c := range []struct{ name, text, old, want, err string }{
		{"once", "a b c", "b", "a X c", ""},
		{"absent", "a c", "b", "", "occurs 0 times"},
		{"twice", "b b", "b", "", "occurs 2 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			name := filepath.Join(dir, "f.go")
			if err := os.WriteFile(name, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			err := apply(dir, []edit{{"f.go", c.old, "X"}})
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v, want an error with %q", err, c.err)
				}
				return
			}
			if got, _ := os.ReadFile(name); err != nil || string(got) != c.want {
				t.Fatalf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestWantedFiles(t *testing.T) {
	for path, want := range map[string]bool{
		"kernel.go": true, "kernel_test.go": false, "compiler_version.go": false,
		"imports/a_package.go": false, "kernel/logo-32x32.png": true, "README.md": false,
	} {
		if got := kernelFile(path); got != want {
			t.Errorf("kernelFile(%q) = %v, want %v", path, got, want)
		}
	}
	for path, want := range map[string]bool{
		"gls/id_amd64.s": true, "fast/interpreter.go": true, "go.mod": true,
		"fast/z_test.go": false, "_example/pi.gomacro": false,
	} {
		if got := interpreterFile(path); got != want {
			t.Errorf("interpreterFile(%q) = %v, want %v", path, got, want)
		}
	}
}

package paritytest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"github.com/pkg/errors"
)

// File is one file of references.
type File struct {
	Name string // base name without ".json"; prefix of its subtests' names
	Data []byte
}

// Files returns every file of a kind ("ops", "model", "optimizers" or
// "schedules"): the project's own, then those in PARITY_DIR if that is set. A
// relative PARITY_DIR is relative to the module's root. A file equal to one of
// the project's own, byte for byte, is not given a second time. A directory
// that can't be read or a file that isn't JSON fails the test.
func Files(t testing.TB, kind string) []File {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	files, err := list(filepath.Join(root, "internal", "paritytest", "testdata"), kind)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("parity: no reference of kind %q in the project", kind)
	}
	dir := os.Getenv("PARITY_DIR")
	if dir == "" {
		return files
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root, dir)
	}
	more, err := list(dir, kind)
	if err != nil {
		t.Fatalf("PARITY_DIR: %v", err)
	}
	own := files
	for _, f := range more {
		if !contains(own, f) {
			f.Name = "PARITY_DIR." + f.Name
			files = append(files, f)
		}
	}
	return files
}

func contains(files []File, f File) bool {
	for _, g := range files {
		if bytes.Equal(f.Data, g.Data) {
			return true
		}
	}
	return false
}

func list(dir, kind string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, e := range entries {
		name := e.Name()
		if filepath.Ext(name) != ".json" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		var head struct{ Kind string }
		if err := json.Unmarshal(data, &head); err != nil {
			return nil, errors.Wrap(err, name)
		}
		if head.Kind == kind {
			files = append(files, File{Name: name[:len(name)-len(".json")], Data: data})
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	return files, nil
}

// moduleRoot is found from the working directory, which is the tested
// package's folder: file names known to the compiler are cut by -trimpath.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("parity: no go.mod above the working directory")
		}
		dir = up
	}
}

// load decodes every file of a kind; name puts the file's name into the result.
func load[T any](t testing.TB, kind string, name func(*T, string)) []T {
	t.Helper()
	var all []T
	for _, f := range Files(t, kind) {
		var v T
		if err := json.Unmarshal(f.Data, &v); err != nil {
			t.Fatalf("parity: %s: %v", f.Name, err)
		}
		name(&v, f.Name)
		all = append(all, v)
	}
	return all
}

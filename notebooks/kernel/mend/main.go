// Command mend copies the sources of gophernotes and of its interpreter gomacro
// out of the module cache and changes the few lines that a current Go and our
// notebooks need. The versions are those of go.mod, checked against go.sum.
//
//	mend -gophernotes gophernotes -gomacro gomacro
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

func main() {
	notes := flag.String("gophernotes", "gophernotes", "folder for the kernel's sources")
	macro := flag.String("gomacro", "gomacro", "folder for the interpreter's sources")
	flag.Parse()
	err := take("github.com/gopherdata/gophernotes", *notes, kernelFile, kernelEdits, nil)
	if err == nil {
		err = take("github.com/cosmos72/gomacro", *macro, interpreterFile, interpreterEdits, interpreterAdditions)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mend:", err)
		os.Exit(1)
	}
}

// take copies the wanted files of a module to dir, applies the edits and adds our
// files.
func take(module, dir string, wanted func(string) bool, edits []edit, added map[string]string) error {
	src, err := moduleDir(module)
	if err != nil {
		return err
	}
	if err := copyTree(src, dir, wanted); err != nil {
		return errors.Wrap(err, module)
	}
	if err := apply(dir, edits); err != nil {
		return errors.Wrap(err, module)
	}
	return errors.Wrap(add(dir, added), module)
}

// moduleDir downloads a module if necessary and returns its folder.
func moduleDir(module string) (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	var info struct{ Dir, Error string }
	if e := json.Unmarshal(out, &info); e == nil && info.Error != "" {
		return "", errors.Errorf("download %s: %s", module, info.Error)
	}
	if err != nil {
		return "", errors.Wrapf(err, "download %s", module)
	}
	return info.Dir, nil
}

// kernelFile keeps the command's own Go files and its logos.
func kernelFile(path string) bool {
	if filepath.Dir(path) == "kernel" {
		return strings.HasSuffix(path, ".png")
	}
	return filepath.Dir(path) == "." && strings.HasSuffix(path, ".go") &&
		!strings.HasSuffix(path, "_test.go") && path != "compiler_version.go"
}

// interpreterFile keeps what the interpreter is built from.
func interpreterFile(path string) bool {
	if strings.HasPrefix(path, "_") || strings.HasPrefix(path, "doc/") {
		return false // examples and manuals
	}
	return !strings.HasSuffix(path, "_test.go")
}

func copyTree(src, dst string, wanted func(string) bool) error {
	return filepath.WalkDir(src, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(src, name)
		if err != nil || !wanted(filepath.ToSlash(rel)) {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		to := filepath.Join(dst, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}

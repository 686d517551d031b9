// Command bindgen makes compiled packages importable from notebook cells.
//
// The interpreter behind gophernotes looks an import up in the map
// imports.Packages of gomacro. Bindgen writes one Go file a package that fills
// this map at start: functions, variables and constants as reflect.Values, types
// as reflect.Types, and for each interface a proxy type through which a type
// declared in a cell can implement it. An import in a cell is then a lookup: no
// download, no plugin, and the versions are those the kernel was built with. The
// packages' doc comments, and those of the standard library, go into a file
// beside it, from which the kernel answers Shift+Tab.
//
// Generic functions and types have no single reflect value and are left out.
//
//	bindgen -list packages.txt -o bindings
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

func main() {
	list := flag.String("list", "packages.txt", "file with one package path or pattern a line")
	out := flag.String("o", "bindings", "folder to write, emptied first")
	flag.Parse()
	if err := run(*list, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bindgen:", err)
		os.Exit(1)
	}
}

func run(list, out string) error {
	patterns, err := readList(list)
	if err != nil {
		return err
	}
	pkgs, err := loadClosure(patterns)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := writeDocs(out, pkgs); err != nil {
		return err
	}
	written := 0
	for _, pkg := range pkgs {
		src, err := bindingFile(pkg)
		if err != nil {
			return errors.Wrapf(err, "package %s", pkg.Path())
		}
		if src == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(out, fileName(pkg.Path())), src, 0o644); err != nil {
			return err
		}
		written++
	}
	fmt.Printf("%d packages can be imported in cells\n", written)
	return nil
}

// readList returns the lines of a file without comments and blanks.
func readList(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var patterns []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(line); line != "" {
			patterns = append(patterns, line)
		}
	}
	if len(patterns) == 0 {
		return nil, errors.Errorf("%s names no package", name)
	}
	return patterns, nil
}

// fileName turns an import path into a file name that no build constraint reads
// anything into (a name ending in _test or _linux would be skipped).
func fileName(path string) string {
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, path)
	return "bind_" + name + "_.go"
}

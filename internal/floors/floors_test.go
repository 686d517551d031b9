// Package floors holds the order of the house: a package imports packages of
// the floors below its own, never above and never beside without need.
package floors

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/stheno-ml/stheno/"

// floor of each package. A package that is not listed here, or below a listed
// one, fails the test: give it a floor.
var floor = map[string]int{
	"internal/atomicfile":   0,
	"internal/kernel":       0,
	"internal/filelock":     0,
	"internal/hangul":       0,
	"internal/hugepages":    0,
	"internal/lookup":       0,
	"internal/resample":     0,
	"internal/size":         0,
	"internal/spoken":       0,
	"internal/table":        0,
	"imaging":               1, // an image's size and normalisation, of networks and of datasets: below both
	"augment":               2, // changes of 8-bit pictures: below the datasets that take them
	"internal/op":           1,
	"activations":           3,
	"ops":                   2,
	"internal/channelslast": 3, // operations with the settings of ops
	"graph/passes":          4, // below graph: it sees operations, no blocks
	"graph":                 5,
	"blocks":                6,
	"architectures":         7,
	"checkpoint":            7,
	"fetch":                 1,
	"pictures":              1,
	"tensorboard":           1,
	"weights":               6,
	"datasets":              7,
	"drawing":               8,
	"insight":               8, // beside the trainer, without it: what it looks into may come from a file
	"plots":                 8,
	"page":                  9, // pages of figures and drawings
	"trainer":               8,
	"measure":               9, // speed, beside pages: it trains a step, and draws nothing
	"lab":                   10,
	"classify":              8,
	"runs":                  10,
	"recipes":               10,
	"live":                  10, // beside lab, without it
	"cmd/demo":              11,
}

// tests may use these from any floor, and they stand on whatever they check.
var testOnly = []string{"internal/op/optest", "internal/size/sizetest", "internal/paritytest", "internal/randomnet", "internal/floors", "internal/atomicfile/faulty", "bench"}

func TestNoImportPointsUp(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			// Modules of their own (generators, the notebook kernel) live outside the house.
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || rel == "notebooks" || rel == "internal/kernel/asm" || rel == "examples") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		pkg := filepath.ToSlash(filepath.Dir(rel))
		if isTesting(pkg) {
			return nil
		}
		from, ok := floorOf(pkg)
		if !ok {
			t.Errorf("package %s has no floor", pkg)
			return nil
		}
		seen[pkg] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range file.Imports {
			target, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			target, ours := strings.CutPrefix(target, module)
			if !ours {
				continue
			}
			if isTesting(target) {
				t.Errorf("%s imports %s, which is for tests", rel, target)
				continue
			}
			to, ok := floorOf(target)
			if !ok {
				t.Errorf("%s imports %s, which has no floor", rel, target)
			} else if to > from || to == from && listed(pkg) != listed(target) {
				t.Errorf("%s (floor %d) imports %s (floor %d): arrows point down", rel, from, target, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range floor {
		if !seen[pkg] {
			t.Errorf("package %s has a floor and isn't there", pkg)
		}
	}
	if len(seen) < 8 {
		t.Errorf("only %d packages found: is the walk right?", len(seen))
	}
}

// Whoever imports graph or trainer must not link the layout of drawings: only
// what draws does. Graphviz, with the WASM runtime that it comes with, is linked
// by nothing.
func TestOnlyDrawingLinksItsLayout(t *testing.T) {
	for pkg, lays := range map[string]bool{"graph": false, "blocks": false, "architectures": false, "datasets": false, "trainer": false, "plots": false, "drawing": true} {
		cmd := exec.Command("go", "list", "-deps", module+pkg)
		cmd.Dir = filepath.Join("..", "..")
		deps, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list -deps %s: %v", pkg, err)
		}
		for _, dep := range strings.Fields(string(deps)) {
			// Gorgonia's own writer of Graphviz's language is no Graphviz.
			graphviz := strings.Contains(dep, "graphviz") && !strings.HasPrefix(dep, "github.com/awalterschulze/")
			if graphviz || strings.Contains(dep, "wazero") || !lays && strings.Contains(dep, "dagro") {
				t.Errorf("%s links %s", pkg, dep)
			}
		}
	}
}

// floorOf is the floor of the package or of the nearest listed one around it.
func floorOf(pkg string) (int, bool) {
	f, ok := floor[listed(pkg)]
	return f, ok
}

// listed is the package or the nearest listed one around it; packages below
// one folder are parts of it and may use each other.
func listed(pkg string) string {
	for p := pkg; p != "."; p = filepath.ToSlash(filepath.Dir(p)) {
		if _, ok := floor[p]; ok {
			return p
		}
	}
	return ""
}

func isTesting(pkg string) bool {
	for _, p := range testOnly {
		if pkg == p || strings.HasPrefix(pkg, p+"/") {
			return true
		}
	}
	return false
}

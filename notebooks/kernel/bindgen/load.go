package main

import (
	"go/types"
	"sort"
	"strings"

	"github.com/pkg/errors"
	"golang.org/x/tools/go/packages"
)

// loadClosure loads the packages that the patterns name, and then those whose
// types appear in the exported signatures of any package loaded so far, until
// nothing new appears. A value that a cell can reach thus always has a type that
// the cell can name. The result is sorted by path.
func loadClosure(patterns []string) ([]*types.Package, error) {
	loaded := map[string]*types.Package{}
	for next := patterns; len(next) > 0; {
		pkgs, err := load(next)
		if err != nil {
			return nil, err
		}
		for _, pkg := range pkgs {
			loaded[pkg.Path()] = pkg
		}
		next = nil
		seen := map[string]bool{}
		for _, pkg := range pkgs {
			for path := range mentioned(pkg) {
				if loaded[path] == nil && !seen[path] && importable(path) && !standard(path) {
					seen[path] = true
					next = append(next, path)
				}
			}
		}
		sort.Strings(next)
	}
	all := make([]*types.Package, 0, len(loaded))
	for _, pkg := range loaded {
		all = append(all, pkg)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Path() < all[j].Path() })
	return all, nil
}

func load(patterns []string) ([]*types.Package, error) {
	found, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedModule,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	var pkgs []*types.Package
	for _, pkg := range found {
		own := pkg.Module != nil && pkg.Module.Main // the kernel's, not for cells
		if own || pkg.Name == "main" || !importable(pkg.PkgPath) {
			continue
		}
		if len(pkg.Errors) > 0 {
			return nil, errors.Errorf("package %s does not compile: %v", pkg.PkgPath, pkg.Errors[0])
		}
		pkgs = append(pkgs, pkg.Types)
	}
	return pkgs, nil
}

// importable reports whether a package outside the tree of path may import it.
func importable(path string) bool {
	for _, part := range strings.Split(path, "/") {
		if part == "internal" || part == "vendor" {
			return false
		}
	}
	return path != "unsafe"
}

// standard reports whether path belongs to the standard library, which the
// interpreter brings along.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// mentioned returns the paths of the other packages whose types appear in what
// pkg exports: signatures, methods, fields, variables.
func mentioned(pkg *types.Package) map[string]bool {
	paths := map[string]bool{}
	seen := map[types.Type]bool{}
	var visit func(types.Type)
	tuple := func(t *types.Tuple) {
		for v := range t.Variables() {
			visit(v.Type())
		}
	}
	visit = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			visit(types.Unalias(t))
		case *types.Named:
			for arg := range t.TypeArgs().Types() {
				visit(arg)
			}
			owner := t.Obj().Pkg()
			if owner == nil {
				return
			}
			if owner != pkg {
				paths[owner.Path()] = true
				return
			}
			for m := range t.Methods() {
				if m.Exported() {
					visit(m.Type())
				}
			}
			visit(t.Underlying())
		case *types.Signature:
			tuple(t.Params())
			tuple(t.Results())
		case *types.Struct:
			for f := range t.Fields() {
				if f.Exported() || f.Embedded() {
					visit(f.Type())
				}
			}
		case *types.Interface:
			for m := range t.Methods() {
				visit(m.Type())
			}
		case *types.Map:
			visit(t.Key())
			visit(t.Elem())
		case interface{ Elem() types.Type }: // pointer, slice, array, channel
			visit(t.Elem())
		}
	}
	for _, name := range pkg.Scope().Names() {
		if obj := pkg.Scope().Lookup(name); obj.Exported() {
			visit(obj.Type())
		}
	}
	return paths
}

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"golang.org/x/tools/go/packages"
)

// entry is what package cell of the kernel reads.
type entry struct {
	Decl string `json:"d"`
	Doc  string `json:"c,omitempty"`
}

const docsSource = `// Package bindings holds the packages that notebook cells can import.
package bindings

import (
	_ "embed"

	"github.com/stheno-ml/stheno/notebooks/kernel/cell"
)

//go:embed docs.json.gz
var docs []byte

func init() { cell.SetDocumentation(docs) }
`

// writeDocs writes the documentation of the packages and of the standard
// library.
func writeDocs(out string, pkgs []*types.Package) error {
	patterns := []string{"std"}
	for _, pkg := range pkgs {
		patterns = append(patterns, pkg.Path())
	}
	found, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles}, patterns...)
	if err != nil {
		return err
	}
	all := map[string]map[string]entry{}
	for _, pkg := range found {
		if !importable(pkg.PkgPath) || len(pkg.GoFiles) == 0 {
			continue
		}
		fset := token.NewFileSet()
		var files []*ast.File
		for _, name := range pkg.GoFiles {
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			files = append(files, file)
		}
		if all[pkg.PkgPath], err = entries(fset, files, pkg.PkgPath); err != nil {
			return errors.Wrapf(err, "documentation of %s", pkg.PkgPath)
		}
	}
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(zip).Encode(all); err != nil {
		return err
	}
	if err := zip.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "docs.json.gz"), packed.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "doc.go"), []byte(docsSource), 0o644)
}

// entries are the exported names of a package, with methods and fields as
// "Type.Name"; "" is the package itself.
func entries(fset *token.FileSet, files []*ast.File, path string) (map[string]entry, error) {
	pkg, err := doc.NewFromFiles(fset, files, path)
	if err != nil {
		return nil, err
	}
	all := map[string]entry{"": {Decl: "package " + pkg.Name, Doc: pkg.Doc}}
	function := func(name string, f *doc.Func) {
		decl := *f.Decl
		decl.Doc, decl.Body = nil, nil
		all[name] = entry{source(fset, &decl), f.Doc}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			for _, spec := range v.Decl.Specs {
				spec, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				comment := spec.Doc.Text() + spec.Comment.Text()
				if comment == "" {
					comment = v.Doc
				}
				bare := *spec
				bare.Doc, bare.Comment = nil, nil
				for _, name := range spec.Names {
					if name.IsExported() {
						all[name.Name] = entry{v.Decl.Tok.String() + " " + source(fset, &bare), comment}
					}
				}
			}
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	for _, f := range pkg.Funcs {
		function(f.Name, f)
	}
	for _, t := range pkg.Types {
		values(t.Consts)
		values(t.Vars)
		for _, f := range t.Funcs {
			function(f.Name, f)
		}
		for _, m := range t.Methods {
			function(t.Name+"."+m.Name, m)
		}
		for _, spec := range t.Decl.Specs {
			spec, ok := spec.(*ast.TypeSpec)
			if !ok || spec.Name.Name != t.Name {
				continue
			}
			members(fset, t.Name, spec.Type, all)
			bare := *spec
			bare.Doc, bare.Comment = nil, nil
			all[t.Name] = entry{"type " + source(fset, &bare), t.Doc}
		}
	}
	return all, nil
}

// members are the fields of a struct, or the methods of an interface.
func members(fset *token.FileSet, name string, t ast.Expr, all map[string]entry) {
	var list *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, field := range list.List {
		comment := field.Doc.Text()
		if comment == "" {
			comment = field.Comment.Text()
		}
		for _, id := range field.Names {
			if !id.IsExported() {
				continue
			}
			decl := id.Name + " " + source(fset, field.Type)
			if f, ok := field.Type.(*ast.FuncType); ok {
				if _, ofInterface := t.(*ast.InterfaceType); ofInterface {
					decl = "func (" + name + ") " + id.Name + strings.TrimPrefix(source(fset, f), "func")
				}
			}
			all[name+"."+id.Name] = entry{decl, comment}
		}
	}
}

// source is a declaration as gofmt writes it.
func source(fset *token.FileSet, node any) string {
	var out bytes.Buffer
	config := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}
	if err := config.Fprint(&out, fset, node); err != nil {
		return ""
	}
	return out.String()
}

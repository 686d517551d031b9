// Package cell is what our kernel adds to gophernotes: how a cell's imports are
// checked before it runs, and what becomes of its last value afterwards.
package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"os/signal"
	"reflect"
	"strconv"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/imports"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/pkg/errors"
)

// NewInterpreter returns the interpreter of a notebook. Cells find in it the
// variable ctx, a context that the notebook's stop button ends.
func NewInterpreter() *fast.Interp {
	ir := fast.New()
	declareContext(ir)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go func() {
		for sig := range stop {
			interrupt(ir, sig)
		}
	}()
	return ir
}

// Parse reads a cell: it drops statements that a cell with a mistake left half
// compiled, and refuses what the interpreter would take or misunderstand.
func Parse(ir *fast.Interp, code string) ([]ast.Node, error) {
	prepare()
	ir.Comp.Code.Clear()
	ir.TakePanicPos()
	if err := refuseGenerics(ir.Comp.Filepath, code); err != nil {
		return nil, err
	}
	nodes := ir.Comp.ParseBytes([]byte(code))
	if err := checkImports(nodes); err != nil {
		return nil, err
	}
	if pos := missingReturn(nodes); pos != token.NoPos {
		return nil, errors.Errorf("%s: missing return", ir.Comp.Fileset.Position(pos))
	}
	return nodes, nil
}

// checkImports returns an error if the cell imports a package that was not
// compiled into the kernel. The interpreter would otherwise try to download and
// compile it, in versions that don't fit those of the kernel.
func checkImports(nodes []ast.Node) error {
	for _, node := range nodes {
		decl, ok := node.(*ast.GenDecl)
		if !ok || decl.Tok != token.IMPORT {
			continue
		}
		for _, spec := range decl.Specs {
			spec, ok := spec.(*ast.ImportSpec)
			if !ok {
				continue
			}
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return errors.Wrapf(err, "import %s", spec.Path.Value)
			}
			if _, known := imports.Packages[path]; !known {
				return errors.Errorf("import %q: not compiled into this kernel; "+
					"name it in notebooks/kernel/packages.txt, run notebooks/install.sh and restart the kernel", path)
			}
		}
	}
	return nil
}

// Results decides what a cell shows, given the values of its last expression.
//
//   - (value, nil): the value alone, so that it can render itself.
//   - (value, err): the cell fails with err.
//   - the byte count of fmt.Print and its kin: nothing.
//   - an error alone is a value like any other and is shown.
func Results(nodes []ast.Node, values []any, types []xreflect.Type) ([]any, []xreflect.Type, error) {
	if len(nodes) > 0 && prints(nodes[len(nodes)-1]) {
		return nil, nil, nil
	}
	last := len(values) - 1
	if last < 1 || last >= len(types) || types[last].ReflectType() != errorType {
		return values, types, nil
	}
	if err, ok := values[last].(error); ok && err != nil {
		return nil, nil, err
	}
	return values[:last], types[:last], nil
}

var errorType = reflect.TypeFor[error]()

// PlainText is the form of a value for front ends that show text only. A value
// without a String method is named by its type: its fields may hold addresses,
// which differ from run to run.
func PlainText(value any) string {
	switch value := value.(type) {
	case fmt.Stringer, error, string:
		return fmt.Sprint(value)
	}
	return fmt.Sprintf("%T", value)
}

// prints reports whether node is a call of fmt.Print, Fprint and the like.
func prints(node ast.Node) bool {
	if stmt, ok := node.(*ast.ExprStmt); ok {
		node = stmt.X
	}
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok || pkg.Name != "fmt" {
		return false
	}
	switch sel.Sel.Name {
	case "Print", "Println", "Printf", "Fprint", "Fprintln", "Fprintf":
		return true
	}
	return false
}

package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"github.com/cosmos72/gomacro/xreflect"
	"github.com/pkg/errors"
)

func TestImports(t *testing.T) {
	for _, c := range []struct{ cell, err string }{
		{`import "fmt"`, ""},
		{`import ("os"; m "math")`, ""},
		{`import "example.org/nowhere"`, `import "example.org/nowhere": not compiled into this kernel`},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+c.cell, 0)
		if err != nil {
			t.Fatal(err)
		}
		var nodes []ast.Node
		for _, decl := range file.Decls {
			nodes = append(nodes, decl)
		}
		err = checkImports(nodes)
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: got %v, want %q", c.cell, err, c.err)
		}
	}
}

func TestResults(t *testing.T) {
	universe := xreflect.NewUniverse()
	num, fail := universe.FromReflectType(reflect.TypeFor[int]()), universe.FromReflectType(errorType)
	bad := errors.New("bad")
	for _, c := range []struct {
		name, cell string
		values     []any
		types      []xreflect.Type
		want       []any
		err        error
	}{
		{"value", "x", []any{1}, []xreflect.Type{num}, []any{1}, nil},
		{"value and nil error", "f()", []any{1, nil}, []xreflect.Type{num, fail}, []any{1}, nil},
		{"value and error", "f()", []any{1, bad}, []xreflect.Type{num, fail}, nil, bad},
		{"error alone", "err", []any{bad}, []xreflect.Type{fail}, []any{bad}, nil},
		{"two values", "f()", []any{1, 2}, []xreflect.Type{num, num}, []any{1, 2}, nil},
		{"print", `fmt.Println("x")`, []any{2, nil}, []xreflect.Type{num, fail}, nil, nil},
		{"print alike", `log.Println("x")`, []any{2}, []xreflect.Type{num}, []any{2}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			expr, err := parser.ParseExprFrom(token.NewFileSet(), "", c.cell, 0)
			if err != nil {
				t.Fatal(err)
			}
			got, types, err := Results([]ast.Node{expr}, c.values, c.types)
			if !reflect.DeepEqual(got, c.want) || len(types) != len(got) || err != c.err {
				t.Fatalf("got %v, %v, %v; want %v, %v", got, types, err, c.want, c.err)
			}
		})
	}
}

func TestPlainText(t *testing.T) {
	type figure struct{ p *int }
	for _, c := range []struct {
		value any
		want  string
	}{
		{"text", "text"},
		{errors.New("bad"), "bad"},
		{figure{new(int)}, "cell.figure"},
		{token.Pos(3), "token.Pos"},
		{token.ADD, "+"},
	} {
		if got := PlainText(c.value); got != c.want {
			t.Errorf("PlainText(%#v) = %q, want %q", c.value, got, c.want)
		}
	}
}

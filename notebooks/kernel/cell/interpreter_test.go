//go:build mended

package cell

import (
	"reflect"
	"testing"

	"github.com/cosmos72/gomacro/imports"
)

// The interpreter starts on a current Go only after mend has changed its sources,
// so these tests run in the folder that install.sh assembles.

// A mistake in one cell must not reach the next.
func TestPrepareDropsHalfCompiledCode(t *testing.T) {
	ir := NewInterpreter()
	eval := func(src string) (v any, failure any) {
		defer func() { failure = recover() }()
		if err := Prepare(ir, nil); err != nil {
			return nil, err
		}
		got, _ := ir.RunExpr1(ir.Compile(src))
		return got.Interface(), nil
	}
	if _, failure := eval("for i := range 3 { print(i) }"); failure == nil {
		t.Skip("the interpreter now ranges over integers")
	}
	if got, failure := eval("5 + 2"); failure != nil || got != 7 {
		t.Fatalf("got %v, %v; want 7", got, failure)
	}
}

// tree refers to itself, directly and through its methods.
type tree struct{ Children trees }
type trees []*tree

func (t *tree) Add(more ...*tree) trees { t.Children = append(t.Children, more...); return t.Children }
func (t trees) First() *tree            { return t[0] }

// Cells can declare functions and methods over compiled types that refer to
// themselves, and hand them to compiled code.
func TestSelfReferringTypes(t *testing.T) {
	imports.Packages["example.org/forest"] = imports.Package{
		Name: "forest",
		Binds: map[string]reflect.Value{
			"Call": reflect.ValueOf(func(f func(...*tree) int, n int) int { return f(make([]*tree, n)...) }),
		},
		Types: map[string]reflect.Type{"Tree": reflect.TypeFor[tree](), "Trees": reflect.TypeFor[trees]()},
	}
	for range 20 {
		ir := NewInterpreter()
		ir.Eval(`import "example.org/forest"`)
		ir.Eval(`func count(t ...*forest.Tree) int { return len(t) }`)
		ir.Eval(`func groups(t ...forest.Trees) int { return len(t) }`)
		if got, _ := ir.RunExpr1(ir.Compile(`forest.Call(count, 3)`)); got.Interface() != 3 {
			t.Fatalf("count: got %v, want 3", got)
		}
		if got, _ := ir.RunExpr1(ir.Compile(`groups(forest.Trees{}, nil)`)); got.Interface() != 2 {
			t.Fatalf("groups: got %v, want 2", got)
		}
	}
}

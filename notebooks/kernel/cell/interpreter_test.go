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

// base has more methods than a type that embeds it declares.
type base struct{}

func (base) A() int { return 1 }
func (base) B() int { return 2 }
func (base) C() int { return 3 }
func (base) D() int { return 4 }
func (base) E() int { return 5 }
func (base) F() int { return 6 }

type letters interface {
	A() int
	F() int
	Name() string
}

type lettersProxy struct {
	Object any
	A_     func(any) int
	F_     func(any) int
	Name_  func(any) string
}

func (p *lettersProxy) A() int       { return p.A_(p.Object) }
func (p *lettersProxy) F() int       { return p.F_(p.Object) }
func (p *lettersProxy) Name() string { return p.Name_(p.Object) }

// A type from a cell may embed a compiled one, override a method, and go where a
// compiled function wants an interface, all in the cell that declares it.
func TestEmbeddedCompiledType(t *testing.T) {
	imports.Packages["example.org/letters"] = imports.Package{
		Name:    "letters",
		Binds:   map[string]reflect.Value{"Sum": reflect.ValueOf(func(l letters) int { return l.A() + l.F() + len(l.Name()) })},
		Types:   map[string]reflect.Type{"Base": reflect.TypeFor[base](), "Letters": reflect.TypeFor[letters]()},
		Proxies: map[string]reflect.Type{"Letters": reflect.TypeFor[lettersProxy]()},
	}
	ir := NewInterpreter()
	ir.Eval(`import "example.org/letters"`)
	got, _ := ir.Eval(`
type mine struct{ letters.Base }
func (m mine) Name() string { return "four" }
func (m mine) A() int { return 100 }
letters.Sum(mine{})`)
	if got[0].Interface() != 110 {
		t.Fatalf("got %v, want 110", got[0])
	}
}

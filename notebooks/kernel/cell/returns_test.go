package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

func TestMissingReturn(t *testing.T) {
	for _, c := range []struct {
		name, body string
		missing    bool
	}{
		{"return", "return 1", false},
		{"nothing", "", true},
		{"if without else", "if x { return 1 }", true},
		{"if and else", "if x { return 1 } else { return 2 }", false},
		{"else falls out", "if x { return 1 } else { x = false }", true},
		{"panic", "panic(1)", false},
		{"for ever", "for { x = !x }", false},
		{"for with break", "for { break }", true},
		{"break of an inner loop", "for { for x { break } }", false},
		{"break of a switch", "for { switch { case x: break } }", false},
		{"break of a label", "a: for { for { break a } }", true},
		{"condition", "for x { return 1 }", true},
		{"range", "for range 3 { return 1 }", true},
		{"switch", "switch { case x: return 1; default: return 2 }", false},
		{"switch without default", "switch { case x: return 1 }", true},
		{"fallthrough", "switch { case x: fallthrough; default: return 2 }", false},
		{"switch with break", "switch { case x: break; default: return 2 }", true},
		{"break in a function", "for { func() { for { break } }() }", false},
		{"select", "select { }", false},
		{"block", "{ return 1 }", false},
		{"goto", "a: x = false; goto a", false},
		{"inner function", "f := func() int { }; return f()", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f(x bool) int { "+c.body+" }", parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if got := missingReturn([]ast.Node{file.Decls[0], nil}) != token.NoPos; got != c.missing {
				t.Fatalf("missing is %v, want %v", got, c.missing)
			}
		})
	}
}

func TestNoResultNeedsNoReturn(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() { }\nfunc g() (int, error)", 0)
	if err != nil {
		t.Fatal(err)
	}
	if missingReturn([]ast.Node{file.Decls[0], file.Decls[1]}) != token.NoPos {
		t.Fatal("a function without results or without a body misses nothing")
	}
}

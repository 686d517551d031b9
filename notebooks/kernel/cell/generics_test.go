package cell

import (
	"strings"
	"testing"
)

func TestRefuseGenerics(t *testing.T) {
	for code, refused := range map[string]bool{
		"x := 1\nfunc Map[T any](x T) T { return x }": true,
		"type Pair[A, B any] struct{}":                true,
		"type Set[K comparable] map[K]bool":           true,
		"type N[T ~int] struct{}":                     true,
		"type Grid [size]int":                         false,
		"type Grid [2 * size]int":                     false,
		"type Grid [size * 2]int":                     false,
		"func f(a []int) int { return a[0] }":         false,
		"func (g Grid) at(i int) int { return g[i] }": false,
		`x := "func Map[T any]"`:                      false,
		"// func Map[T any]()":                        false,
	} {
		err := refuseGenerics("In[7]", code)
		if refused != (err != nil) {
			t.Errorf("%q: got %v, refused should be %v", code, err, refused)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "In[7]:") || !strings.Contains(err.Error(), "cells have no generics")) {
			t.Errorf("%q: %v", code, err)
		}
	}
	if err := refuseGenerics("In[7]", "x := 1\nfunc Map[T any](x T) T { return x }"); !strings.HasPrefix(err.Error(), "In[7]:2:") {
		t.Errorf("no line in %v", err)
	}
}

func TestExplain(t *testing.T) {
	document(t, Documentation{"example.org/p": {
		"Map":  {Decl: "func Map[T any](x T) T"},
		"List": {Decl: "type List[T any] struct{}"},
		"Make": {Decl: "func Make(a [3]int) int"},
	}})
	for text, want := range map[string]string{
		`package p "example.org/p" has no symbol Map`:  "it is generic",
		`package p "example.org/p" has no symbol List`: "it is generic",
		`In[1]:1: undefined identifier: min`:           "before min, max and clear",
	} {
		if got := explain(nil, text); !strings.HasPrefix(got, text) || !strings.Contains(got, want) {
			t.Errorf("explain(%q) = %q, want %q in it", text, got, want)
		}
	}
	for _, text := range []string{
		`package p "example.org/p" has no symbol Make`, `package q "example.org/q" has no symbol Map`,
		`undefined identifier: minimum`, `anything`,
	} {
		if got := explain(nil, text); got != text {
			t.Errorf("explain(%q) = %q", text, got)
		}
	}
}

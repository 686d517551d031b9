package main

import (
	"fmt"
	"go/types"
	"strings"
)

// A proxy is the compiled stand-in for an interface that a type from a cell
// implements: a struct with the interpreted value in Object and one function
// field a method, which the interpreter fills in. gomacro asks for exactly these
// names and this order.

func (f *file) proxyName(name string) string {
	return "proxy_" + strings.TrimSuffix(strings.TrimPrefix(fileName(f.pkg.Path()), "bind_"), "_.go") + "_" + name
}

// canProxy reports whether another package can write down every method of t.
func (f *file) canProxy(t *types.Interface) bool {
	for m := range t.Methods() {
		if !m.Exported() || !nameable(m.Type(), map[types.Type]bool{}) {
			return false
		}
	}
	return true
}

// home is where the generated files are built.
const home = "github.com/stheno-ml/stheno/notebooks/kernel/bindings"

// visible reports whether the generated files may import path: their place in the
// library's tree gives them its internal packages too.
func visible(path string) bool {
	if above, _, found := strings.Cut("/"+path+"/", "/internal/"); found {
		return above != "" && strings.HasPrefix(home, above[1:]+"/")
	}
	return importable(path)
}

// nameable reports whether t can be written in a package other than its own.
func nameable(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	tuple := func(t *types.Tuple) bool {
		for v := range t.Variables() {
			if !nameable(v.Type(), seen) {
				return false
			}
		}
		return true
	}
	name := func(obj *types.TypeName, args *types.TypeList) bool {
		if obj.Pkg() != nil && (!obj.Exported() || !visible(obj.Pkg().Path())) {
			return false
		}
		for arg := range args.Types() {
			if !nameable(arg, seen) {
				return false
			}
		}
		return true
	}
	switch t := t.(type) {
	case *types.Alias:
		return name(t.Obj(), t.TypeArgs())
	case *types.Named:
		return name(t.Obj(), t.TypeArgs())
	case *types.Signature:
		return tuple(t.Params()) && tuple(t.Results())
	case *types.Struct:
		for field := range t.Fields() {
			if !field.Exported() || !nameable(field.Type(), seen) {
				return false
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if !m.Exported() || !nameable(m.Type(), seen) {
				return false
			}
		}
	case *types.Map:
		return nameable(t.Key(), seen) && nameable(t.Elem(), seen)
	case *types.TypeParam:
		return false
	case interface{ Elem() types.Type }: // pointer, slice, array, channel
		return nameable(t.Elem(), seen)
	}
	return true
}

// proxy writes the struct that stands in for the interface, and its methods.
func (f *file) proxy(name string, t *types.Interface) {
	proxy := f.proxyName(name)
	var fields, methods strings.Builder
	for m := range t.Methods() {
		sig := m.Type().(*types.Signature)
		params, call := f.params(sig)
		results := f.results(sig)
		fmt.Fprintf(&fields, "\t%s_ func(self any%s) %s\n", m.Name(), params, results)
		ret := ""
		if sig.Results().Len() > 0 {
			ret = "return "
		}
		fmt.Fprintf(&methods, "\nfunc (p *%s) %s(%s) %s { %sp.%s_(p.Object%s) }\n",
			proxy, m.Name(), strings.TrimPrefix(params, ", "), results, ret, m.Name(), call)
	}
	fmt.Fprintf(&f.decls, "\ntype %s struct {\n\tObject any\n%s}\n%s", proxy, fields.String(), methods.String())
}

// params returns the parameter list, each with a comma before it, and the
// arguments that pass it on.
func (f *file) params(sig *types.Signature) (params, call string) {
	n := sig.Params().Len()
	for i := range n {
		t := sig.Params().At(i).Type()
		dots := ""
		if sig.Variadic() && i == n-1 {
			params += fmt.Sprintf(", a%d ...%s", i, f.typeString(t.(*types.Slice).Elem()))
			dots = "..."
		} else {
			params += fmt.Sprintf(", a%d %s", i, f.typeString(t))
		}
		call += fmt.Sprintf(", a%d%s", i, dots)
	}
	return params, call
}

func (f *file) results(sig *types.Signature) string {
	var list []string
	for v := range sig.Results().Variables() {
		list = append(list, f.typeString(v.Type()))
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return "(" + strings.Join(list, ", ") + ")"
}

func (f *file) typeString(t types.Type) string { return types.TypeString(t, f.alias) }

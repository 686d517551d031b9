package cell

import (
	"go/token"
	"reflect"
	"strings"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// Complete lists what can stand at the cursor, and the part of the code that it
// replaces, all places in characters: a package's names, fields and methods of a
// value, and in a struct literal the fields of the struct.
func Complete(ir *fast.Interp, code string, cursor int) (start, end int, matches []string) {
	at := offset(code, cursor)
	head := code[:at]
	word := fast.TailIdentifier(head)
	start, end = characters(code, at-len(word)), cursor
	list := lexemes(head[:at-len(word)])
	if n := len(list); n > 0 && list[n-1].tok == token.PERIOD {
		if chain := chainBefore(list, n-2); chain != nil {
			matches = behind(ir, chain, word)
		}
		return start, end, matches
	}
	matches = literalFields(ir, list, word)
	if word != "" {
		_, names, _ := ir.CompleteWords(word, len(word))
		matches = append(matches, names...)
	}
	return start, end, matches
}

// behind lists what can follow chain and a dot.
func behind(ir *fast.Interp, chain []string, word string) []string {
	if imp := importOf(ir, chain[0]); imp != nil && len(chain) == 1 {
		_, names, _ := ir.CompleteWords(chain[0]+"."+word, len(chain[0])+1+len(word))
		return names
	}
	t := ownerOf(ir, chain)
	if t == nil {
		return nil
	}
	var names []string
	for _, name := range ir.FieldsAndMethods(t, word) {
		if token.IsExported(name) || pointed(t).PkgPath() == "main" {
			names = append(names, name)
		}
	}
	return names
}

// ownerOf is the type of the value a.b.c; nil if there is none.
func ownerOf(ir *fast.Interp, chain []string) xreflect.Type {
	var t xreflect.Type
	if imp := importOf(ir, chain[0]); imp != nil {
		if len(chain) < 2 {
			return nil
		}
		if b := imp.Binds[chain[1]]; b != nil {
			t = b.Type
		} else {
			t = imp.Types[chain[1]]
		}
		chain = chain[1:]
	} else if sym := ir.Comp.TryResolve(chain[0]); sym != nil {
		t = sym.Type
	} else {
		t = ir.Comp.TryResolveType(chain[0])
	}
	for _, name := range chain[1:] {
		if t == nil {
			return nil
		}
		field, ok, _, _, err := ir.Comp.TryLookupFieldOrMethod(pointed(t), name)
		if err != nil || !ok {
			return nil
		}
		t = field.Type
	}
	return t
}

// pointed is the type behind a pointer, or the type itself.
func pointed(t xreflect.Type) xreflect.Type {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		return t.Elem()
	}
	return t
}

// literalFields are the fields that begin with word, where the tokens before it
// open a struct literal and a key may follow.
func literalFields(ir *fast.Interp, list []lexeme, word string) []string {
	stack := opened(list)
	if len(stack) == 0 || stack[len(stack)-1].tok != token.LBRACE {
		return nil
	}
	if last := list[len(list)-1].tok; last != token.LBRACE && last != token.COMMA {
		return nil
	}
	t := typeOf(ir, stack[len(stack)-1].chain)
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		name := t.Field(i).Name
		if token.IsExported(name) && strings.HasPrefix(name, word) {
			names = append(names, name)
		}
	}
	return names
}

// typeOf is the type of that name, "Config" or "trainer.Config"; nil if there is
// none.
func typeOf(ir *fast.Interp, chain []string) xreflect.Type {
	switch len(chain) {
	case 1:
		return ir.Comp.TryResolveType(chain[0])
	case 2:
		if imp := importOf(ir, chain[0]); imp != nil {
			return imp.Types[chain[1]]
		}
	}
	return nil
}

// importOf is the package that cells know by that name; nil if there is none.
func importOf(ir *fast.Interp, name string) *fast.Import {
	sym := ir.Comp.TryResolve(name)
	if sym == nil || !sym.Const() {
		return nil
	}
	imp, _ := sym.Value.(*fast.Import)
	return imp
}

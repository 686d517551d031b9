package cell

import (
	"fmt"
	"go/token"
	"strings"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// Inspect answers Jupyter's inspect_request (Shift+Tab) for the name at the
// cursor, or for the function whose arguments it stands among: the declaration
// and its comment, from the packages' sources, or else the type.
func Inspect(ir *fast.Interp, question map[string]any) map[string]any {
	answer := map[string]any{
		"status": "ok", "found": false,
		"data": map[string]any{}, "metadata": map[string]any{},
	}
	code, _ := question["code"].(string)
	cursor, _ := question["cursor_pos"].(float64)
	decl, doc := describe(ir, code, int(cursor))
	if decl == "" {
		return answer
	}
	answer["found"] = true
	answer["data"] = map[string]any{
		typeText:        strings.TrimSpace(decl + "\n\n" + doc),
		"text/markdown": "```go\n" + decl + "\n```\n\n" + doc,
	}
	return answer
}

func describe(ir *fast.Interp, code string, cursor int) (decl, doc string) {
	defer func() {
		if recover() != nil { // the interpreter's way to say that it found nothing
			decl, doc = "", ""
		}
	}()
	at := offset(code, cursor)
	list := lexemes(code)
	under := -1
	before := 0
	for i, l := range list {
		if l.tok == token.IDENT && l.start <= at && at <= l.end {
			under = i
		}
		if l.end <= at {
			before = i + 1
		}
	}
	if under >= 0 {
		if chain := chainBefore(list, under); chain != nil {
			if len(chain) == 1 && under+1 < len(list) && list[under+1].tok == token.COLON {
				if decl, doc = ofField(ir, opened(list[:under]), chain[0]); decl != "" {
					return decl, doc
				}
			}
			if decl, doc = ofChain(ir, chain); decl != "" {
				return decl, doc
			}
		}
	}
	stack := opened(list[:before])
	for i := len(stack) - 1; i >= 0; i-- {
		if stack[i].chain != nil && stack[i].tok != token.LBRACK {
			if decl, doc = ofChain(ir, stack[i].chain); decl != "" {
				return decl, doc
			}
		}
	}
	return "", ""
}

// ofField describes a key of the struct literal that is open.
func ofField(ir *fast.Interp, stack []open, name string) (decl, doc string) {
	if len(stack) == 0 || stack[len(stack)-1].tok != token.LBRACE {
		return "", ""
	}
	t := typeOf(ir, stack[len(stack)-1].chain)
	if t == nil {
		return "", ""
	}
	return ofMember(ir, t, name)
}

// ofChain describes package.Name, value.Field.Method and the like.
func ofChain(ir *fast.Interp, chain []string) (decl, doc string) {
	if imp := importOf(ir, chain[0]); imp != nil {
		if len(chain) == 1 {
			e, _ := lookup(imp.Path, "")
			return "package " + imp.Name + " // import \"" + imp.Path + "\"", e.Doc
		}
		if len(chain) == 2 {
			if e, ok := lookup(imp.Path, chain[1]); ok {
				return e.Decl, e.Doc
			}
		}
		if t := imp.Types[chain[1]]; t != nil {
			return ofPath(ir, t, "type "+chain[1]+" "+t.String(), chain[2:])
		}
		if b := imp.Binds[chain[1]]; b != nil {
			return ofPath(ir, b.Type, chain[1]+" "+b.Type.String(), chain[2:])
		}
		return "", ""
	}
	if t := ir.Comp.TryResolveType(chain[0]); t != nil {
		return ofPath(ir, t, fmt.Sprintf("type %s %s", chain[0], underlying(t)), chain[1:])
	}
	if sym := ir.Comp.TryResolve(chain[0]); sym != nil && sym.Type != nil {
		return ofPath(ir, sym.Type, chain[0]+" "+sym.Type.String(), chain[1:])
	}
	return "", ""
}

// ofPath follows fields and methods from a type.
func ofPath(ir *fast.Interp, t xreflect.Type, decl string, names []string) (string, string) {
	if len(names) == 0 {
		return decl, typeDoc(t)
	}
	for _, name := range names[:len(names)-1] {
		field, ok, _, _, err := ir.Comp.TryLookupFieldOrMethod(pointed(t), name)
		if err != nil || !ok {
			return "", ""
		}
		t = field.Type
	}
	return ofMember(ir, t, names[len(names)-1])
}

// ofMember describes a field or method of a type.
func ofMember(ir *fast.Interp, t xreflect.Type, name string) (decl, doc string) {
	base := pointed(t)
	field, isField, method, isMethod, err := ir.Comp.TryLookupFieldOrMethod(base, name)
	if err != nil || !isField && !isMethod {
		return "", ""
	}
	if e, ok := lookup(base.PkgPath(), base.Name()+"."+name); ok {
		return e.Decl, e.Doc
	}
	if isField {
		return name + " " + field.Type.String(), ""
	}
	return "func (" + t.String() + ") " + name + strings.TrimPrefix(method.Type.String(), "func"), ""
}

// typeDoc is the comment of a named type, behind a pointer if need be.
func typeDoc(t xreflect.Type) string {
	t = pointed(t)
	if t.Name() == "" {
		return ""
	}
	e, _ := lookup(t.PkgPath(), t.Name())
	return e.Doc
}

func underlying(t xreflect.Type) string {
	if u := t.GoType(); u != nil {
		return u.Underlying().String()
	}
	return t.Kind().String()
}

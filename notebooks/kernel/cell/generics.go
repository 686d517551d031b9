package cell

import (
	"go/scanner"
	"go/token"

	"github.com/pkg/errors"
)

// refuseGenerics returns an error at the first type parameter that a cell
// declares: the interpreter, which knows Go as it was before, would complain of
// its brackets.
func refuseGenerics(file, code string) error {
	type lexeme struct {
		tok  token.Token
		line int
	}
	var toks []lexeme
	fset := token.NewFileSet()
	src := fset.AddFile(file, fset.Base(), len(code))
	var s scanner.Scanner
	s.Init(src, []byte(code), func(token.Position, string) {}, 0)
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF {
			break
		}
		toks = append(toks, lexeme{tok, src.Line(pos)})
	}
	for i := 0; i+4 < len(toks); i++ {
		if toks[i+1].tok != token.IDENT || toks[i+2].tok != token.LBRACK || toks[i+3].tok != token.IDENT {
			continue
		}
		generic := toks[i].tok == token.FUNC
		if toks[i].tok == token.TYPE {
			switch toks[i+4].tok { // type T [N]int is an array
			case token.IDENT, token.COMMA, token.INTERFACE, token.TILDE, token.LBRACK, token.FUNC, token.MAP, token.CHAN:
				generic = true
			}
		}
		if generic {
			return errors.Errorf("%s:%d: cells have no generics: write the types out, or put the function into a package "+
				"and name that in notebooks/kernel/packages.txt", file, toks[i].line)
		}
	}
	return nil
}

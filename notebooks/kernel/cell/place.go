package cell

import (
	"go/scanner"
	"go/token"
	"unicode/utf8"
)

// lexeme is one token of a cell.
type lexeme struct {
	tok        token.Token
	text       string
	start, end int // bytes
}

// offset turns a place that Jupyter counts in characters into one in bytes.
func offset(code string, characters int) int {
	for i := range code {
		if characters == 0 {
			return i
		}
		characters--
	}
	return len(code)
}

// characters is the reverse of offset.
func characters(code string, bytes int) int { return utf8.RuneCountInString(code[:bytes]) }

// lexemes are the tokens of code, without the semicolons that line ends stand
// for and without what comes after a mistake.
func lexemes(code string) []lexeme {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(token.Position, string) {}, 0)
	var list []lexeme
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return list
		}
		if tok == token.SEMICOLON && text != ";" {
			continue
		}
		if text == "" {
			text = tok.String()
		}
		start := file.Offset(pos)
		list = append(list, lexeme{tok, text, start, start + len(text)})
	}
}

// chainBefore is the chain of names that ends at list[i], outermost first:
// a.b.c for the token c. What is called or indexed on the way has no name.
func chainBefore(list []lexeme, i int) []string {
	if i < 0 || list[i].tok != token.IDENT {
		return nil
	}
	chain := []string{list[i].text}
	for i >= 2 && list[i-1].tok == token.PERIOD {
		if list[i-2].tok != token.IDENT {
			return nil
		}
		i -= 2
		chain = append([]string{list[i].text}, chain...)
	}
	return chain
}

// open is a bracket around the cursor and the names before it: Fit( or Config{.
type open struct {
	tok   token.Token
	chain []string
}

// opened are the brackets that are open after the tokens, innermost last.
func opened(list []lexeme) []open {
	var stack []open
	for i, l := range list {
		switch l.tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			stack = append(stack, open{l.tok, chainBefore(list, i-1)})
		case token.RPAREN, token.RBRACE, token.RBRACK:
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		}
	}
	return stack
}

package cell

import (
	"fmt"
	"go/token"
	"regexp"
	"strings"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/pkg/errors"
)

// Failure is what the notebook says of a cell that panicked: the cell's number,
// the line, and what was the matter. A mistake that the interpreter found before
// it ran the cell names its place itself.
func Failure(ir *fast.Interp, panicked any) error {
	running.Lock()
	started, last := running.started, running.last
	running.Unlock()
	stack := ir.TakePanicPos()
	if last != nil {
		stack = append(stack, last.Pos())
	}
	text := explain(ir, fmt.Sprint(panicked))
	if panicked == base.SigInterrupt {
		text = "interrupted"
	}
	if !started || len(stack) == 0 {
		return errors.New(text)
	}
	return errors.New(where(ir.Comp.Fileset.Position, ir.Comp.Filepath, stack) + ": " + text)
}

// where names the line of the cell in which the panic came up, and the line of
// another cell, a helper such as check, in which it began. stack has the
// innermost position first.
func where(position func(token.Pos) token.Position, cell string, stack []token.Pos) string {
	line := func(pos token.Pos) string {
		place := position(pos)
		return fmt.Sprintf("%s:%d", place.Filename, place.Line)
	}
	for i, pos := range stack {
		if position(pos).Filename != cell {
			continue
		}
		if i > 0 {
			return line(pos) + " (in " + line(stack[0]) + ")"
		}
		return line(pos)
	}
	return line(stack[0])
}

var (
	noSymbol  = regexp.MustCompile(`package \S+ "([^"]+)" has no symbol (\w+)`)
	noType    = regexp.MustCompile(`not a type: (\w+)\.(\w+)`)
	undefined = regexp.MustCompile(`undefined identifier: (min|max|clear)\b`)
)

// explain adds to the interpreter's message what a reader who knows Go would
// otherwise look for in vain.
func explain(ir *fast.Interp, text string) string {
	path, name := "", ""
	if m := noSymbol.FindStringSubmatch(text); m != nil {
		path, name = m[1], m[2]
	} else if m := noType.FindStringSubmatch(text); m != nil {
		if imp := importOf(ir, m[1]); imp != nil {
			path, name = imp.Path, m[2]
		}
	}
	if e, ok := lookup(path, name); ok && e.generic() {
		text += ": it is generic, and cells have no generics (compiled packages do: call it from one)"
	}
	if undefined.MatchString(text) {
		text += " (cells know Go as it was before min, max and clear)"
	}
	return strings.TrimSpace(text)
}

package blocks

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// outliner is a block that prints those inside of it. The lists that it stands
// in, by their first elements, end what would have no end: a list may contain
// itself.
type outliner interface {
	outline(within []*Block) string
}

var _ = []outliner{Named{}, Sequence{}, Parallel{}, Sum{}}

func (n Named) outline(within []*Block) string {
	if n.Name == "" {
		return outline(n.Block, within)
	}
	return n.Name + ": " + outline(n.Block, within)
}

func (q Sequence) outline(within []*Block) string { return list("Sequence", q, within) }
func (p Parallel) outline(within []*Block) string { return list("Parallel", p, within) }
func (m Sum) outline(within []*Block) string      { return list("Sum", m, within) }

// text is a block's own description, or its type.
func text(b Block) string { return outline(b, nil) }

func outline(b Block, within []*Block) string {
	switch s := b.(type) {
	case nil:
		return "nil"
	case outliner:
		if isNil(b) {
			return "nil"
		}
		return s.outline(within)
	case fmt.Stringer:
		return fmt.Sprint(s) // which bears with nil pointers
	}
	return fmt.Sprintf("%T", b)
}

// list writes a combination of blocks over several lines, each level indented.
func list(kind string, children []Block, within []*Block) string {
	if len(children) == 0 {
		return kind + " {}"
	}
	if slices.Contains(within, &children[0]) {
		return kind + " {...}"
	}
	within = append(within[:len(within):len(within)], &children[0])
	var b strings.Builder
	b.WriteString(kind + " {\n")
	for _, c := range named(children) {
		b.WriteString("  " + strings.ReplaceAll(c.outline(within), "\n", "\n  ") + "\n")
	}
	b.WriteString("}")
	return b.String()
}

// isNil reports whether a block is a nil pointer.
func isNil(b Block) bool {
	v := reflect.ValueOf(b)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

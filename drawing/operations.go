package drawing

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/graph"
)

// Operations draws every operation that a run of the program executes, layers
// joined where the program joins them: those of the network blue, with the path
// of their layer, those of loss and derivative red, variables white. Of the
// options Title and Horizontal count.
func Operations(p *graph.Program, o Options) Drawing {
	var b strings.Builder
	s := p.Tape()
	header(&b, o, len(s.Operations))
	for i, op := range s.Operations {
		color, shape, label := blue, "box", settings(op)
		switch {
		case op.Variable():
			color, shape, label = white, "ellipse", op.Name
		case op.Backward:
			color = red
		case op.Layer >= 0:
			label += "\n" + s.Layers[op.Layer].Path
		}
		fmt.Fprintf(&b, "  n%d [label=%s, shape=%s, fillcolor=%q, fontsize=9];\n", i, quote(label+"\n"+fmt.Sprint(op.Shape)), shape, color)
		for _, in := range op.Inputs {
			fmt.Fprintf(&b, "  n%d -> n%d;\n", in, i)
		}
	}
	b.WriteString("}\n")
	return Drawing{b.String()}
}

// settings writes an operation with its settings, some to a line: its boxes would
// be as wide as a page otherwise.
func settings(op graph.Operation) string {
	text, ours := strings.CutPrefix(op.Attributes, op.Name+"{")
	if !ours {
		return op.Attributes
	}
	lines := []string{op.Name}
	for _, word := range strings.Fields(strings.TrimSuffix(text, "}")) {
		last := len(lines) - 1
		if last == 0 || len(lines[last])+len(word) > 26 {
			lines = append(lines, word)
		} else {
			lines[last] += " " + word
		}
	}
	return strings.Join(lines, "\n")
}

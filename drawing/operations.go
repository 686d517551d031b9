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
	header(&b, o)
	s := p.Tape()
	for i, op := range s.Operations {
		color, shape, label := blue, "box", op.Attributes
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

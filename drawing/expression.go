package drawing

import (
	"fmt"
	"html"
	"strings"

	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// Expression draws the expression that leads to the first node, and what the
// other nodes, usually its gradients, need besides:
//
//	grads, err := graph.Gradients(z, x, y)
//	picture := drawing.Expression(drawing.Options{}, append(gorgonia.Nodes{z}, grads...)...)
//
// Variables are white, operations of the first expression blue, further ones red,
// and the given nodes have a thick border. Scalars that have a value show it.
// Gorgonia's operations and ours are drawn alike. Of the options Title and
// Horizontal count.
func Expression(o Options, nodes ...*gorgonia.Node) Drawing {
	var b strings.Builder
	drawn := map[*gorgonia.Node]bool{}
	given := map[*gorgonia.Node]bool{}
	for _, n := range nodes {
		given[n] = true
	}
	var visit func(n *gorgonia.Node, color string)
	visit = func(n *gorgonia.Node, color string) {
		if n == nil || drawn[n] {
			return
		}
		drawn[n] = true
		in := op.Inputs(n)
		for _, c := range in {
			visit(c, color)
		}
		look := fmt.Sprintf("fillcolor=%q", color)
		switch {
		case n.Op() == nil:
			look = fmt.Sprintf("shape=ellipse, fillcolor=%q", white)
		case len(in) == 0: // a constant
			look = fmt.Sprintf("shape=plain, fillcolor=%q", white)
		}
		if given[n] {
			look += ", penwidth=2.5"
		}
		fmt.Fprintf(&b, "  n%d [label=<%s>, %s];\n", n.ID(), expressionLabel(n, len(in) == 0), look)
		for _, c := range in {
			fmt.Fprintf(&b, "  n%d -> n%d;\n", c.ID(), n.ID())
		}
	}
	for i, n := range nodes {
		if i == 0 {
			visit(n, blue)
		} else {
			visit(n, red)
		}
	}
	var all strings.Builder
	header(&all, o, len(drawn))
	return Drawing{all.String() + b.String() + "}\n"}
}

// expressionLabel is the node's name or operation, and below it its value or
// shape.
func expressionLabel(n *gorgonia.Node, leaf bool) string {
	name := n.Name()
	if o := n.Op(); o != nil && leaf {
		name = strings.TrimPrefix(fmt.Sprint(o), "const ")
	} else if o != nil {
		sign := symbol(fmt.Sprint(o))
		if derived := strings.HasPrefix(name, fmt.Sprint(o)+"("); derived {
			name = sign
		} else {
			name += ": " + sign
		}
	}
	label := "<b>" + html.EscapeString(name) + "</b>"
	note := ""
	switch {
	case !n.Shape().IsScalar():
		note = fmt.Sprint(n.Shape())
	case n.Value() != nil && (n.Op() == nil || !leaf):
		note = fmt.Sprintf("%.5g", n.Value().Data())
	}
	if note != "" {
		label += `<br/><font point-size="10" color="#555555">` + html.EscapeString(note) + "</font>"
	}
	return label
}

// symbol is an operation as people write it. Gorgonia's arithmetic carries a flag
// in its name.
func symbol(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, " false"), " true")
	if name == "⊙" {
		return "×"
	}
	return name
}

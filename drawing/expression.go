package drawing

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/spoken"
	"gorgonia.org/gorgonia"
)

// Expression draws the expression that leads to the first node, and what the
// other nodes, usually its gradients, need besides:
//
//	grads, err := graph.Gradients(z, x, y)
//	picture := drawing.Expression(drawing.Options{}, append(gorgonia.Nodes{z}, grads...)...)
//
// Variables are white, operations of the first expression blue, further ones red
// with dashed borders, and the given nodes have a thick border. Scalars that have
// a value show it. Gorgonia's operations and ours are drawn alike. Of the options
// Title, Horizontal and Korean count.
func Expression(o Options, nodes ...*gorgonia.Node) Drawing {
	s := &scope{layer: -1, times: 1}
	index := map[*gorgonia.Node]int{}
	given := map[*gorgonia.Node]bool{}
	for _, n := range nodes {
		given[n] = true
	}
	var visit func(n *gorgonia.Node, k kind)
	visit = func(n *gorgonia.Node, k kind) {
		if _, drawn := index[n]; n == nil || drawn {
			return
		}
		in := op.Inputs(n)
		for _, c := range in {
			visit(c, k)
		}
		b := &box{kind: k, times: 1, layer: -1, given: given[n]}
		b.title, b.note = expressionText(n, len(in) == 0)
		if len(in) == 0 { // a variable or a constant
			b.kind, b.form = dataKind, ovalForm
		}
		b.hover = []string{strings.TrimSpace(n.Name() + " " + fmt.Sprint(n.Shape()))}
		s.items = append(s.items, &item{box: b})
		index[n] = len(s.items) - 1
		for _, c := range in {
			s.edge(index[c], index[n])
		}
	}
	for i, n := range nodes {
		if i == 0 {
			visit(n, exprKind)
		} else {
			visit(n, gradKind)
		}
	}
	return Drawing{&picture{root: s, title: spoken.Say(o.Title), tongue: tongueOf(o), geo: geometry{horizontal: o.Horizontal}, layered: true, legend: len(nodes) > 1}}
}

// expressionText is the node's name or operation, and below it its value or
// shape.
func expressionText(n *gorgonia.Node, leaf bool) (name, note string) {
	name = n.Name()
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
	switch {
	case !n.Shape().IsScalar():
		note = fmt.Sprint(n.Shape())
	case n.Value() != nil && (n.Op() == nil || !leaf):
		note = fmt.Sprintf("%.5g", n.Value().Data())
	}
	return name, note
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

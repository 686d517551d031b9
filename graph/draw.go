package graph

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/goccy/go-graphviz"
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// DrawOptions says how much of a network a drawing shows.
type DrawOptions struct {
	// Title stands above the drawing.
	Title string
	// Depth is how many levels of blocks are opened: 1 draws each top-level
	// block as one box. 0 opens as many as give a readable picture.
	Depth int
	// Nodes draws every operation of the graph, the derivative's included
	// for a training program, instead of blocks.
	Nodes bool
	// Horizontal lays the network out from left to right.
	Horizontal bool
}

// Drawing is a picture of a network, in Graphviz's language or as SVG.
type Drawing struct{ dot string }

// DOT is the drawing in Graphviz's language.
func (d Drawing) DOT() string { return d.dot }

// Render lays the drawing out and returns it as SVG. No Graphviz needs to be
// installed.
func (d Drawing) Render() ([]byte, error) {
	ctx := context.Background()
	gv, err := graphviz.New(ctx)
	if err != nil {
		return nil, errors.Wrap(err, "drawing")
	}
	defer gv.Close()
	g, err := graphviz.ParseBytes([]byte(d.dot))
	if err != nil {
		return nil, errors.Wrap(err, "drawing")
	}
	defer g.Close()
	var out bytes.Buffer
	if err := gv.Render(ctx, g, graphviz.SVG, &out); err != nil {
		return nil, errors.Wrap(err, "drawing")
	}
	return out.Bytes(), nil
}

// SVG is the drawing for notebooks. Where it cannot be laid out, the picture
// says why.
func (d Drawing) SVG() string {
	svg, err := d.Render()
	if err != nil {
		return `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40"><text x="10" y="25">` + html.EscapeString(err.Error()) + `</text></svg>`
	}
	if i := bytes.Index(svg, []byte("<svg")); i > 0 {
		svg = svg[i:]
	}
	return string(svg)
}

// box is one node of the drawing: a collapsed layer or a single operation.
type box struct {
	id    int
	label string
	note  string // second line
	color string
	small bool
	layer *Layer // nil for a single operation
	path  []*Layer
}

// readable is how many boxes a drawing has at most when the depth is open.
const readable = 240

// Draw draws the network, block by block by default.
func (p *Program) Draw(o DrawOptions) Drawing {
	if o.Nodes {
		return p.drawNodes(o)
	}
	depth := o.Depth
	open := depth > 0 // asked for: units are opened too
	if depth <= 0 {
		deepest := 0
		for _, l := range p.layers {
			deepest = max(deepest, l.Depth+1)
		}
		for depth = deepest; depth > 1; depth-- {
			if len(p.boxes(depth, open).list) <= readable {
				break
			}
		}
	}
	return Drawing{p.boxes(max(depth, 1), open).dot(o)}
}

// boxes is a drawing in the making.
type boxes struct {
	list  []*box
	edges [][2]int
}

// boxes collapses the forward graph: layers at the given depth, or leaves
// above it, become one box each; operations outside of those, a concatenation
// or an addition, stay single. Units, such as a convolution with its norm and
// activation, stay closed unless open is set.
func (p *Program) boxes(depth int, open bool) *boxes {
	all := p.g.AllNodes()
	path := map[*gorgonia.Node][]*Layer{}
	closed := -1 // depth of the unit that the layers are inside of
	for _, l := range p.layers {
		if closed >= 0 && l.Depth > closed {
			continue
		}
		if closed = -1; l.Unit && !open {
			closed = l.Depth
		}
		if l.Depth < depth {
			for _, n := range all[l.first:l.last] {
				path[n] = append(path[n], l)
			}
		}
	}
	d := &boxes{}
	byLayer := map[*Layer]*box{}
	of := map[*gorgonia.Node]*box{}
	seen := map[[2]int]bool{}
	add := func(b *box) *box {
		b.id = len(d.list)
		d.list = append(d.list, b)
		return b
	}
	input := add(&box{label: "input", note: shapeText(p.cfg.Input), color: white})
	of[p.inNode] = input
	for _, n := range all[:p.forwardEnd()] {
		o := op.Of(n)
		if o == nil {
			continue
		}
		from := d.sources(o.Inputs(), of)
		if len(from) == 0 {
			continue // arithmetic on parameters alone
		}
		in := path[n]
		var b *box
		if k := len(in); k > 0 && (in[k-1].Leaf || in[k-1].Depth == depth-1 || in[k-1].Unit && !open) {
			l := in[k-1]
			if b = byLayer[l]; b == nil {
				b = add(&box{label: l.Name, note: brief(l.Kind), color: colorOf(l.Kind), layer: l, path: in[:k-1]})
				byLayer[l] = b
			}
		} else {
			b = add(&box{label: o.Operation().Name(), color: grey, small: true, path: in})
		}
		of[n] = b
		for _, f := range from {
			e := [2]int{f.id, b.id}
			if f != b && !seen[e] {
				seen[e] = true
				d.edges = append(d.edges, e)
			}
		}
	}
	return d
}

// brief is what a box says of its layer's kind: what the layer is and its
// sizes, not its settings: "ConvNorm 3x3, 64, stride 2".
func brief(kind string) string {
	parts := strings.Split(kind, ", ")
	out := parts[:1]
	for _, p := range parts[1:] {
		if strings.HasPrefix(p, "stride") || p[0] >= '0' && p[0] <= '9' {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

func (d *boxes) sources(in gorgonia.Nodes, of map[*gorgonia.Node]*box) []*box {
	var from []*box
	for _, c := range in {
		if b := of[c]; b != nil && !slices.Contains(from, b) {
			from = append(from, b)
		}
	}
	return from
}

// forwardEnd is where the nodes of the network itself end and those of loss
// and derivative begin.
func (p *Program) forwardEnd() int {
	end := 0
	for _, l := range p.layers {
		end = max(end, l.last)
	}
	for i, n := range p.g.AllNodes() {
		if n == p.logits {
			end = max(end, i+1)
		}
	}
	return end
}

// The colours follow the GoogLeNet paper's figure 3: convolutions blue,
// pooling red, normalisation green, output yellow.
const (
	white  = "#ffffff"
	grey   = "#e8e8e8"
	blue   = "#b9d4f1"
	red    = "#f4b8b0"
	green  = "#c3e3b6"
	yellow = "#fbe7a1"
	violet = "#d9c8ea"
)

func colorOf(kind string) string {
	k := strings.ToLower(kind)
	for _, c := range []struct{ part, color string }{
		{"pool", red}, {"linear", yellow}, {"aux", yellow}, {"softmax", yellow}, {"conv", blue}, {"norm", green},
		{"bottleneck", violet}, {"residual", violet}, {"inception", violet}, {"block", violet}, {"dropout", grey}, {"flatten", grey},
	} {
		if strings.Contains(k, c.part) {
			return c.color
		}
	}
	return white
}

func (d *boxes) dot(o DrawOptions) string {
	var b strings.Builder
	header(&b, o)
	d.clusters(&b, nil, "  ")
	for _, e := range d.edges {
		fmt.Fprintf(&b, "  n%d -> n%d;\n", e[0], e[1])
	}
	b.WriteString("}\n")
	return b.String()
}

func header(b *strings.Builder, o DrawOptions) {
	dir := "TB"
	if o.Horizontal {
		dir = "LR"
	}
	fmt.Fprintf(b, "digraph network {\n  rankdir=%s; nodesep=0.18; ranksep=0.28; bgcolor=white; fontname=\"Helvetica,Arial,sans-serif\"; fontsize=14; compound=true;\n", dir)
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=11, color=\"#555555\", margin=\"0.2,0.06\", height=0.3];\n")
	b.WriteString("  edge [color=\"#666666\", arrowsize=0.6];\n")
	if o.Title != "" {
		fmt.Fprintf(b, "  label=%q; labelloc=t;\n", o.Title)
	}
}

// clusters writes the boxes whose enclosing layers begin with outer, those of
// a deeper layer inside a frame of their own.
func (d *boxes) clusters(b *strings.Builder, outer []*Layer, indent string) {
	done := map[*Layer]bool{}
	for _, x := range d.list {
		if len(x.path) < len(outer) || !slices.Equal(x.path[:len(outer)], outer) {
			continue
		}
		if len(x.path) == len(outer) {
			b.WriteString(indent + x.dot())
			continue
		}
		l := x.path[len(outer)]
		if done[l] {
			continue
		}
		done[l] = true
		fmt.Fprintf(b, "%ssubgraph \"cluster_%s\" {\n%s  label=%q; labeljust=l; style=\"rounded,filled\"; fillcolor=\"#f6f6f9\"; color=\"#c4c4cf\"; fontsize=11;\n",
			indent, l.Path, indent, l.Name+"  "+shapeText(l.Out))
		d.clusters(b, append(slices.Clone(outer), l), indent+"  ")
		b.WriteString(indent + "}\n")
	}
}

func (x *box) dot() string {
	if x.small {
		return fmt.Sprintf("n%d [label=%q, shape=ellipse, style=filled, fillcolor=%q, fontsize=10, height=0.2, margin=\"0.04,0.02\"];\n", x.id, x.label, x.color)
	}
	label := "<b>" + html.EscapeString(x.label) + "</b>"
	if x.note != "" {
		label += `<br/><font point-size="9">` + html.EscapeString(x.note) + "</font>"
	}
	if x.layer != nil {
		if out := shapeText(x.layer.Out); out != "" {
			label += `<br/><font point-size="9" color="#555555">` + out + "</font>"
		}
	}
	return fmt.Sprintf("n%d [label=<%s>, fillcolor=%q];\n", x.id, label, x.color)
}

// drawNodes draws every operation that the program executes.
func (p *Program) drawNodes(o DrawOptions) Drawing {
	var b strings.Builder
	header(&b, o)
	owner := p.owners()
	for _, n := range p.order {
		color, shape, label := grey, "box", ""
		switch own, forward := owner[n]; {
		case n.Op() == nil:
			color, shape, label = white, "ellipse", n.Name()
		case forward:
			color, label = blue, fmt.Sprint(n.Op())+"\n"+own
		default:
			color, label = red, fmt.Sprint(n.Op())
		}
		fmt.Fprintf(&b, "  n%d [label=%q, shape=%s, fillcolor=%q, fontsize=9];\n", n.ID(), label+"\n"+fmt.Sprint(n.Shape()), shape, color)
		for _, c := range children(n) {
			fmt.Fprintf(&b, "  n%d -> n%d;\n", c.ID(), n.ID())
		}
	}
	b.WriteString("}\n")
	return Drawing{b.String()}
}

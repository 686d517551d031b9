package drawing

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// Network draws the network that net is when built for cfg, block by block.
// Neither parameters nor memory are made for it.
func Network(net graph.Block, cfg graph.Config, o Options) (Drawing, error) {
	s, err := graph.Inspect(net, cfg)
	if err != nil {
		return Drawing{}, err
	}
	return byBlock(s, o), nil
}

// Program draws the program's network block by block: its structure, whatever
// layers the program joins for speed.
func Program(p *graph.Program, o Options) (Drawing, error) {
	s, err := p.Structure()
	if err != nil {
		return Drawing{}, err
	}
	return byBlock(s, o), nil
}

// readable is how many boxes a drawing has at most when the depth is open.
const readable = 240

func byBlock(s *graph.Structure, o Options) Drawing {
	open := o.Depth > 0 // asked for: units are opened too
	depth := o.Depth
	if !open {
		deepest := 0
		for _, l := range s.Layers {
			deepest = max(deepest, l.Depth+1)
		}
		for depth = deepest; depth > 1; depth-- {
			if len(collapse(s, depth, open).list) <= readable {
				break
			}
		}
	}
	return Drawing{collapse(s, max(depth, 1), open).dot(s, o)}
}

// box is one node of the drawing: a collapsed layer or a single operation.
type box struct {
	id    int
	label string
	note  string // second line
	size  string // third line
	color string
	small bool
	path  []int // the layers around it, outermost first
}

// boxes is a drawing in the making.
type boxes struct {
	list  []*box
	edges [][2]int
}

func (d *boxes) add(b *box) *box {
	b.id = len(d.list)
	d.list = append(d.list, b)
	return b
}

// collapse makes one box of each layer at the given depth, and of each without
// layers inside above it; operations outside of those, a concatenation or an
// addition, stay single. Units, such as a convolution with its norm and
// activation, stay closed unless open is set.
func collapse(s *graph.Structure, depth int, open bool) *boxes {
	around := enclosing(s.Layers)
	closed := func(i int) bool {
		l := s.Layers[i]
		return l.Leaf || l.Depth == depth-1 || l.Unit && !open
	}
	d := &boxes{}
	byLayer := map[int]*box{}
	of := make([]*box, len(s.Operations))
	seen := map[[2]int]bool{}
	for i, op := range s.Operations {
		if op.Variable() {
			if op.Name == "input" && op.Layer < 0 {
				of[i] = d.add(&box{label: "input", note: size.ImageText(op.Shape), color: white})
			}
			continue
		}
		var from []*box
		for _, in := range op.Inputs {
			if b := of[in]; b != nil && !slices.Contains(from, b) {
				from = append(from, b)
			}
		}
		if len(from) == 0 {
			continue // arithmetic on parameters alone
		}
		var path []int
		if op.Layer >= 0 {
			path = around[op.Layer]
		}
		b := (*box)(nil)
		if k := slices.IndexFunc(path, closed); k >= 0 {
			l := s.Layers[path[k]]
			if b = byLayer[path[k]]; b == nil {
				b = d.add(&box{label: l.Name, note: brief(l), size: size.ImageText(l.Out), color: colorOf(l.Kind), path: path[:k]})
				byLayer[path[k]] = b
			}
		} else {
			b = d.add(&box{label: op.Name, color: grey, small: true, path: path})
		}
		of[i] = b
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

// enclosing gives each layer the indices of the layers around it, outermost
// first, itself included.
func enclosing(layers []graph.Layer) [][]int {
	out := make([][]int, len(layers))
	var path []int
	for i, l := range layers {
		path = append(slices.Clone(path[:min(l.Depth, len(path))]), i)
		out[i] = path
	}
	return out
}

// brief is what a box says of its layer besides the name: what the layer is and
// its sizes, not its settings: "ConvNorm 3x3, 64, stride 2".
func brief(l graph.Layer) string {
	if l.Kind == l.Name { // an activation, usually
		return ""
	}
	parts := strings.Split(l.Kind, ", ")
	out := parts[:1]
	for _, p := range parts[1:] {
		if strings.HasPrefix(p, "stride") || p != "" && p[0] >= '0' && p[0] <= '9' {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

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

func (d *boxes) dot(s *graph.Structure, o Options) string {
	var b strings.Builder
	header(&b, o, len(d.list))
	d.clusters(&b, s.Layers, nil, "  ")
	for _, e := range d.edges {
		fmt.Fprintf(&b, "  n%d -> n%d;\n", e[0], e[1])
	}
	b.WriteString("}\n")
	return b.String()
}

// clusters writes the boxes whose enclosing layers begin with outer, those of
// a deeper layer inside a frame of their own.
func (d *boxes) clusters(b *strings.Builder, layers []graph.Layer, outer []int, indent string) {
	done := map[int]bool{}
	for _, x := range d.list {
		if len(x.path) < len(outer) || !slices.Equal(x.path[:len(outer)], outer) {
			continue
		}
		if len(x.path) == len(outer) {
			b.WriteString(indent + x.dot())
			continue
		}
		i := x.path[len(outer)]
		if done[i] {
			continue
		}
		done[i] = true
		l := layers[i]
		fmt.Fprintf(b, "%ssubgraph cluster_%d {\n%s  label=%s; labeljust=l; style=\"rounded,filled\"; fillcolor=\"#f6f6f9\"; color=\"#c4c4cf\"; fontsize=11;\n",
			indent, i, indent, quote(l.Name+"  "+size.ImageText(l.Out)))
		d.clusters(b, layers, append(slices.Clone(outer), i), indent+"  ")
		b.WriteString(indent + "}\n")
	}
}

func (x *box) dot() string {
	if x.small {
		return fmt.Sprintf("n%d [label=%s, shape=ellipse, style=filled, fillcolor=%q, fontsize=10, height=0.2, margin=\"0.04,0.02\"];\n", x.id, quote(x.label), x.color)
	}
	label := "<b>" + html.EscapeString(x.label) + "</b>"
	if x.note != "" {
		label += `<br/><font point-size="9">` + html.EscapeString(x.note) + "</font>"
	}
	if x.size != "" {
		label += `<br/><font point-size="9" color="#555555">` + x.size + "</font>"
	}
	return fmt.Sprintf("n%d [label=<%s>, fillcolor=%q];\n", x.id, label, x.color)
}

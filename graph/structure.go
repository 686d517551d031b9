package graph

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Structure is what a network is made of, for drawings and tables.
type Structure struct {
	// Layers are the named blocks, outer before inner, in building order.
	Layers []Layer
	// Operations are the variables and operations, each after those that it
	// reads.
	Operations []Operation
	// Heads are the outputs of the network itself and, in training, of its
	// auxiliary heads, in building order, the network's first.
	Heads []Head
}

// Head is an output that a loss compares with the target.
type Head struct {
	Name      string  // "main", or the auxiliary head's path
	Operation int     // index of the output among the operations
	Weight    float64 // of its loss in the total
	Loss      Loss    // nil: the program computes none
}

// Operation is one node of a Structure: an operation or, with neither
// attributes nor inputs, a variable such as the batch, a parameter or the
// labels.
type Operation struct {
	Name       string       // "conv2d"; a variable's own name: "input", "conv1.weight"
	Attributes string       // the operation with every setting: "conv2d{...}"; empty for a variable
	Type       string       // its Go type: "ops.conv2D"; names are anybody's
	Layer      int          // index of the innermost layer it belongs to; -1 between layers
	Inputs     []int        // indices of what it reads, in order; repetitions included
	Backward   bool         // made by the loss or by differentiation
	Loss       bool         // of them, made by the loss: the derivative begins after it
	Shape      tensor.Shape // of images (N, C, H, W), however they lie
	Compiled
}

// Compiled says how a run computes an operation.
type Compiled struct {
	// Layout of the result: Planes, ChannelsLast, or empty where it is no image. With
	// channels last, name, attributes and type are those of the sibling that computes
	// the same on planes.
	Layout    string
	Algorithm string // of a convolution with channels last; empty: the operation has one only
	Converts  bool   // it only lays images out otherwise
	// InPlace: it is computed where a concatenation wants it, which then copies
	// nothing of it.
	InPlace bool
	// Prepared names the parameters that a variable was computed from apart from the
	// runs: a weight as a kernel reads it. Empty for any other.
	Prepared []string
}

// Variable reports whether it holds a value that is given, not computed.
func (o Operation) Variable() bool { return o.Attributes == "" }

// Inspect tells what net is made of when built for cfg: every layer and every
// operation from the input to the output, each a node of its own whatever a
// program may join, without loss and derivative. It makes neither parameters nor
// memory for values: the nodes that a block gets from Scope.Param have a shape
// and no value.
func Inspect(net Block, cfg Config) (*Structure, error) {
	return inspect(net, NewParams(0, Uninitialized()), cfg)
}

// Structure tells what the program's network is made of, as Inspect does: the
// same whether the program joins layers or not.
func (p *Program) Structure() (*Structure, error) {
	if p.Params() == nil {
		return nil, p.usable()
	}
	return inspect(p.net, p.params, p.cfg)
}

func inspect(net Block, params *Params, cfg Config) (*Structure, error) {
	if net == nil {
		return nil, errors.New("graph: Inspect needs a network, net is nil")
	}
	cfg, err := cfg.fill()
	if err != nil {
		return nil, err
	}
	cfg.NoFusion, cfg.Taps, cfg.TapGradients, cfg.Output = true, false, false, ""
	b := newBuilder(params, cfg)
	b.bare = true
	in := gorgonia.NewTensor(b.g, params.Dtype(), len(cfg.Input), gorgonia.WithShape(cfg.Input...), gorgonia.WithName("input"))
	out, err := b.network(net, in)
	if err != nil {
		return nil, err
	}
	countParams(b.layers, b.learned)
	all := b.g.AllNodes()
	s := describe(all, all, b.layers, nil, nil)
	s.Heads = heads(all, append([]Part{{Name: "main", Weight: 1, logits: out}}, b.aux...), cfg.Loss)
	return s, nil
}

// heads finds the outputs of the parts among the nodes.
func heads(nodes gorgonia.Nodes, parts []Part, loss Loss) []Head {
	var out []Head
	for _, p := range parts {
		if i := slices.Index(nodes, p.logits); i >= 0 {
			out = append(out, Head{Name: p.Name, Operation: i, Weight: p.Weight, Loss: loss})
		}
	}
	return out
}

// Tape tells what a run of the program executes, in its order: layers joined
// where the program joins them, loss and derivative included.
func (p *Program) Tape() *Structure {
	if p.Params() == nil {
		return &Structure{}
	}
	s := describe(p.order, p.g.AllNodes(), p.layers, p.origin, p.chains)
	forward := p.forward()
	loss := map[*gorgonia.Node]bool{}
	if p.loss != nil {
		for _, n := range op.Topological(p.loss) {
			loss[n] = true
		}
	}
	inside, prepared := p.concatenated(), p.preparedFrom()
	for i, n := range p.order {
		o := &s.Operations[i]
		_, o.InPlace = inside[n]
		o.Prepared = prepared[n]
		o.Backward = n.Op() != nil && !forward[n]
		o.Loss = o.Backward && loss[n]
	}
	parts := p.parts
	if len(parts) == 0 {
		parts = []Part{{Name: "main", Weight: 1, logits: p.logits}}
	}
	s.Heads = heads(p.order, parts, p.cfg.Loss)
	return s
}

// forward are the nodes of the network itself, without loss and derivative.
func (p *Program) forward() map[*gorgonia.Node]bool {
	roots := gorgonia.Nodes{p.logits}
	for i := range p.parts {
		roots = append(roots, p.parts[i].logits)
	}
	for _, u := range p.updates {
		roots = append(roots, u.node)
	}
	for _, t := range p.taps {
		roots = append(roots, t.node)
	}
	forward := map[*gorgonia.Node]bool{}
	for _, n := range op.Topological(roots...) {
		forward[n] = true
	}
	return forward
}

// describe lists nodes; all are those of the graph, by which layers count, and
// origin and chains say for what a pass made its nodes.
func describe(nodes, all gorgonia.Nodes, layers []*Layer, origin map[*gorgonia.Node]*gorgonia.Node, chains map[*gorgonia.Node]gorgonia.Nodes) *Structure {
	s := &Structure{Layers: costed(layers, all, nodes, origin, chains), Operations: make([]Operation, len(nodes))}
	owner := make(map[*gorgonia.Node]int, len(all))
	for i, l := range layers {
		for _, n := range l.nodes(all) {
			owner[n] = i
		}
	}
	index := make(map[*gorgonia.Node]int, len(nodes))
	for i, n := range nodes {
		index[n] = i
		o := &s.Operations[i]
		*o = Operation{Name: n.Name(), Layer: -1, Shape: n.Shape()}
		if own, ok := owner[madeFor(n, origin)]; ok {
			o.Layer = own
		}
		if op.Of(n) != nil {
			t := tell(n)
			o.Name, o.Attributes, o.Type, o.Shape = t.Name, t.attributes, t.Type, t.shape
			o.Layout, o.Algorithm, o.Converts = t.layout, t.algorithm, t.converts
		} else if n.Op() != nil {
			o.Name, o.Attributes, o.Type = fmt.Sprint(n.Op()), fmt.Sprint(n.Op()), fmt.Sprintf("%T", n.Op())
		}
		for _, c := range op.Inputs(n) {
			if k, ok := index[c]; ok {
				o.Inputs = append(o.Inputs, k)
			}
		}
	}
	return s
}

package graph

import (
	"fmt"

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
}

// Operation is one node of a Structure: an operation or, with neither
// attributes nor inputs, a variable such as the batch, a parameter or the
// labels.
type Operation struct {
	Name       string // "conv2d"; a variable's own name: "input", "conv1.weight"
	Attributes string // the operation with every setting: "conv2d{...}"; empty for a variable
	Layer      int    // index of the innermost layer it belongs to; -1 between layers
	Inputs     []int  // indices of what it reads, in order; repetitions included
	Backward   bool   // made by the loss or by differentiation
	Shape      tensor.Shape
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
	if _, err := b.network(net, in); err != nil {
		return nil, err
	}
	countParams(b.layers, b.learned)
	all := b.g.AllNodes()
	return describe(all, all, b.layers), nil
}

// Tape tells what a run of the program executes, in its order: layers joined
// where the program joins them, loss and derivative included.
func (p *Program) Tape() *Structure {
	if p.Params() == nil {
		return &Structure{}
	}
	s := describe(p.order, p.g.AllNodes(), p.layers)
	forward := p.forward()
	for i, n := range p.order {
		s.Operations[i].Backward = n.Op() != nil && !forward[n]
	}
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
	for _, n := range topological(roots...) {
		forward[n] = true
	}
	return forward
}

// describe lists nodes; all are those of the graph, by which layers count.
func describe(nodes, all gorgonia.Nodes, layers []*Layer) *Structure {
	s := &Structure{Layers: costed(layers, all, nodes), Operations: make([]Operation, len(nodes))}
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
		if own, ok := owner[n]; ok {
			o.Layer = own
		}
		if ours := op.Of(n); ours != nil {
			o.Name, o.Attributes = ours.Operation().Name(), ours.String()
		} else if n.Op() != nil {
			o.Name, o.Attributes = fmt.Sprint(n.Op()), fmt.Sprint(n.Op())
		}
		for _, c := range op.Inputs(n) {
			if k, ok := index[c]; ok {
				o.Inputs = append(o.Inputs, k)
			}
		}
	}
	return s
}

package graph

import (
	"strings"

	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Layer is the record of one named block of the network, in building order.
type Layer struct {
	Path   string       // "layer1.0.conv1"
	Name   string       // "conv1"
	Kind   string       // the block's type or its own description
	Depth  int          // 0 at the top
	Leaf   bool         // no named block inside
	Unit   bool         // readers think of it as one layer: the block has a method Unit that says so
	In     tensor.Shape // of the block's input
	Out    tensor.Shape // of its output
	Params int          // learnable elements inside
	MACs   int64        // multiply-additions inside of one forward run, 0 where it runs nothing

	first, last int // range of the graph's nodes
}

// nodes are those of the layer; all are the graph's. Gorgonia may have removed
// some since.
func (l *Layer) nodes(all gorgonia.Nodes) gorgonia.Nodes {
	return all[min(l.first, len(all)):min(l.last, len(all))]
}

// countParams gives every layer the parameters whose names begin with its path:
// a fused operation makes those of several layers in one place.
func countParams(layers []*Layer, made []learned) {
	for _, l := range layers {
		for _, m := range made {
			if strings.HasPrefix(m.param.Name, l.Path+".") {
				l.Params += m.node.Shape().TotalSize()
			}
		}
	}
}

// Layers lists the named blocks of the program's network, outer before inner,
// in building order.
func (p *Program) Layers() []Layer {
	if p == nil || p.g == nil {
		return nil
	}
	return costed(p.layers, p.g.AllNodes(), p.order, p.origin, p.chains)
}

// costed copies the layers and counts the multiply-additions of those of their
// nodes that are run; all are the graph's nodes, origin says for what a pass made
// its nodes, and chains of which nodes it made one.
func costed(layers []*Layer, all, run gorgonia.Nodes, origin map[*gorgonia.Node]*gorgonia.Node, chains map[*gorgonia.Node]gorgonia.Nodes) []Layer {
	macs := make(map[*gorgonia.Node]int64, len(run))
	for _, n := range run {
		o, from := op.Of(n), madeFor(n, origin)
		switch chain := chains[from]; {
		case o == nil:
		case o.MACs() > 0 && chain != nil: // each has its own
			for _, c := range chain {
				macs[c] += op.Of(c).MACs()
			}
		default:
			macs[from] += o.MACs()
		}
	}
	out := make([]Layer, len(layers))
	for i, l := range layers {
		out[i] = *l
		for _, n := range l.nodes(all) {
			out[i].MACs += macs[n]
		}
	}
	return out
}

// MACs is the number of multiply-additions of one run, the derivative's
// included in a training program.
func (p *Program) MACs() int64 {
	if p == nil {
		return 0
	}
	var n int64
	for _, node := range p.order {
		if o := op.Of(node); o != nil {
			n += o.MACs()
		}
	}
	return n
}

// Package randomnet attacks the graph with random networks: expression graphs
// of operations, activations, blocks and Gorgonia's own operations, with
// shared values, repeated operands, taps and auxiliary heads. Check builds one
// in every mode and with every pass on and off and holds the results to each
// other and to finite differences.
package randomnet

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Net is one network as data, so that it can be cut down and printed. Value 0
// is the input, value i the result of Nodes[i-1].
type Net struct {
	Input tensor.Shape
	Nodes []Node
	Out   int    // the value that is the network's output, (N, classes)
	Loss  string // one of lossNames
}

// Node is one step of a network: an entry of the table of kinds, what it reads
// and its settings.
type Node struct {
	Kind  string
	In    []int        // values
	N     []int        // whole numbers: sizes, strides
	F     []float64    // other numbers: probabilities, weights
	Act   string       // as activations.Lookup takes it
	Block blocks.Block // of the kind "block"
}

var _ graph.Block = Net{}

// Build builds the nodes in order.
func (net Net) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	values := gorgonia.Nodes{x}
	for i, n := range net.Nodes {
		y, err := n.build(s, i+1, values)
		if err != nil {
			return nil, err
		}
		values = append(values, y)
	}
	if net.Out >= len(values) {
		return nil, errors.Errorf("random network: output %d of %d values", net.Out, len(values))
	}
	return values[net.Out], nil
}

func (n Node) build(s *graph.Scope, i int, values gorgonia.Nodes) (*gorgonia.Node, error) {
	k, ok := kinds[n.Kind]
	if !ok {
		return nil, errors.Errorf("random network: no kind %q", n.Kind)
	}
	in := make(gorgonia.Nodes, len(n.In))
	for j, v := range n.In {
		if v >= len(values) {
			return nil, errors.Errorf("random network: value %d reads %d", i, v)
		}
		in[j] = values[v]
	}
	y, err := k.build(place{s, fmt.Sprintf("n%d", i)}, n, in)
	return y, errors.Wrapf(err, "%s", n.Kind)
}

// place is where a node's parameters and taps have their names.
type place struct {
	s    *graph.Scope
	name string
}

func (p place) param(last string, shape ...int) (*gorgonia.Node, error) {
	return p.s.In(p.name).Param(last, shape, graph.FanInUniform)
}

// pruned leaves out what leads to no output, auxiliary loss, tap or update.
// Gradients with respect to a parameter that the loss does not depend on are
// refused, so a tap or an update keeps only itself: its source must live.
func (net Net) pruned() Net {
	live := make([]bool, len(net.Nodes)+1)
	live[net.Out] = true
	for i := len(net.Nodes); i > 0; i-- {
		n := net.Nodes[i-1]
		live[i] = live[i] || n.Kind == "aux"
		if live[i] {
			for _, v := range n.In {
				live[v] = true
			}
		}
	}
	for i, n := range net.Nodes {
		if n.Kind == "tap" {
			live[i+1] = live[i+1] || live[n.In[0]]
		}
	}
	at := make([]int, len(live))
	out := Net{Input: net.Input, Loss: net.Loss}
	for i, n := range net.Nodes {
		if !live[i+1] {
			continue
		}
		in := make([]int, len(n.In))
		for j, v := range n.In {
			in[j] = at[v]
		}
		n.In = in
		out.Nodes = append(out.Nodes, n)
		at[i+1] = len(out.Nodes)
	}
	out.Out = at[net.Out]
	return out
}

// samples is the size of a batch.
func (net Net) samples() int { return net.Input[0] }

package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// Act makes an activation a block: y = Func(x). What the activation learns
// become parameters of the block.
//
//	Input:  what the activation takes
//	Output: the same; with Maxout(k), 1/k of the channels
type Act struct {
	Func activations.Activation // nil: y = x
}

// Build applies the activation.
func (a Act) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if a.Func == nil {
		return x, nil
	}
	shape := x.Shape()
	if len(shape) < 2 {
		return nil, errors.Errorf("%v: input has shape %v, want (N, C, ...)", a.Func, shape)
	}
	var params gorgonia.Nodes
	for _, p := range a.Func.Parameters(shape[1]) {
		n, err := s.Param(p.Name, p.Shape, graph.Constant(p.Start))
		if err != nil {
			return nil, err
		}
		params = append(params, n)
	}
	return a.Func.Apply(x, params...)
}

// String is the activation's name with its settings.
func (a Act) String() string {
	if a.Func == nil {
		return "identity"
	}
	return a.Func.String()
}

// orReLU is the activation of blocks that were published with ReLU.
func orReLU(a activations.Activation) activations.Activation {
	if a == nil {
		return activations.ReLU
	}
	return a
}

// pieces is how many times wider the layer before a must be.
func pieces(a activations.Activation) int {
	if a == nil {
		return 1
	}
	return max(a.Pieces(), 1)
}

// Identity passes its input on. As a norm it says that there is none.
//
//	Input, output: anything
type Identity struct{}

// Build returns x.
func (Identity) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return x, nil }

func (Identity) String() string { return "Identity" }

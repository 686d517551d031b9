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
//	Output: the same; with Maxout of k pieces, 1/k of the channels
type Act struct {
	Func activations.Activation // nil means ReLU; activations.Identity{} means none
}

// Build applies the activation.
func (a Act) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	f, shape := orReLU(a.Func), x.Shape()
	if len(shape) < 2 {
		return nil, errors.Errorf("%v: input has shape %v, want (N, C, ...)", f, shape)
	}
	var params gorgonia.Nodes
	for _, p := range f.Parameters(shape[1]) {
		n, err := s.Param(p.Name, p.Shape, graph.Constant(p.Start))
		if err != nil {
			return nil, err
		}
		params = append(params, n)
	}
	return f.Apply(x, params...)
}

// String is the activation's name with its settings.
func (a Act) String() string { return orReLU(a.Func).String() }

// orReLU is the activation of a block that was published with ReLU.
func orReLU(a activations.Activation) activations.Activation {
	if a == nil {
		return activations.ReLU{}
	}
	return a
}

// appendAct appends an activation, unless it says that there is none.
func appendAct(parts []Named, name string, a activations.Activation) []Named {
	if a == (activations.Identity{}) {
		return parts
	}
	return append(parts, Named{name, Act{a}})
}

// pieces is how many times wider the layer before a must be.
func pieces(a activations.Activation) int { return max(a.InputsPerOutput(), 1) }

// act adds an activation that is not the published one.
func (w *words) act(a, published activations.Activation) {
	switch a {
	case nil, published:
	case activations.Identity{}:
		w.add("no activation")
	default:
		w.add("%v", a)
	}
}

// Identity passes its input on. As a norm it says that there is none.
//
//	Input, output: anything
type Identity struct{}

// Build returns x.
func (Identity) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return x, nil }

func (Identity) String() string { return "Identity" }

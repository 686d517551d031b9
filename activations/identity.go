package activations

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
)

// Identity passes its input on:
//
//	f(x)  = x
//	f'(x) = 1
//
// Range: (-∞, ∞). Use it to say in a configuration that no activation is meant,
// as nil does in a block. Apply returns x itself: nothing is computed.
var Identity Activation = identity{}

type identity struct{}

func (identity) String() string { return "identity" }

func (identity) Parameters(int) []Parameter { return nil }

func (identity) Pieces() int { return 1 }

func (identity) Kernel() (kernel.Act, bool) { return kernel.Act{}, true }

func (i identity) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if err := noParameters(i, params); err != nil {
		return nil, err
	}
	return x, nil
}

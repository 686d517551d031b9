package activations

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Identity passes its input on:
//
//	f(x)  = x
//	f'(x) = 1
//
// Range: (-∞, ∞). Use it to say in a configuration that no activation is meant,
// in a block whose nil means another one. Apply returns x itself: nothing is computed.
type Identity struct{}

var _ Activation = Identity{}

// String is "identity".
func (Identity) String() string { return "identity" }

// Apply returns x.
func (a Identity) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if x == nil {
		return nil, errors.New("identity: input is nil")
	}
	return apply(a, nil, x, params)
}

// Parameters is nil.
func (Identity) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Identity) InputsPerOutput() int { return 1 }

// Fused is nil, which is none, and true.
func (Identity) Fused() (ops.Act, bool) { return nil, true }

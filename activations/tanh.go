package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Tanh is the hyperbolic tangent:
//
//	f(x)  = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)
//	f'(x) = 1 - f(x)²
//
// Range: (-1, 1). Use it for outputs in (-1, 1) and in networks of the classic
// kind (LeNet-5); it saturates on both sides.
//
// LeCun et al. 1998, Efficient BackProp.
type Tanh struct{}

var _ Activation = Tanh{}

// String is "tanh".
func (Tanh) String() string { return "tanh" }

// Apply adds f(x) to x's graph.
func (a Tanh) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.Tanh, x, params)
}

// Parameters is nil.
func (Tanh) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Tanh) InputsPerOutput() int { return 1 }

// Fused is ops.Tanh.
func (Tanh) Fused() (ops.Act, bool) { return ops.Tanh, true }

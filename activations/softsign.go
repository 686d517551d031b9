package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Softsign is a tanh whose tails are polynomial:
//
//	f(x)  = x / (1 + |x|)
//	f'(x) = 1 / (1 + |x|)²
//
// Range: (-1, 1). Use it instead of Tanh where saturation should come slowly.
//
// Bergstra et al. 2009, Quadratic Polynomials Learn Better Image Features,
// technical report 1337, Université de Montréal.
type Softsign struct{}

var _ Activation = Softsign{}

// String is "softsign".
func (Softsign) String() string { return "softsign" }

// Apply adds f(x) to x's graph.
func (a Softsign) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.Softsign, x, params)
}

// Parameters is nil.
func (Softsign) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Softsign) InputsPerOutput() int { return 1 }

// Fused is ops.Softsign.
func (Softsign) Fused() (ops.Act, bool) { return ops.Softsign, true }

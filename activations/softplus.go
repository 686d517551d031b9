package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Softplus is a smooth ReLU that stays positive:
//
//	f(x)  = log(1 + eˣ)
//	f'(x) = 1 / (1 + e⁻ˣ)
//
// Range: (0, ∞). Use it for outputs that must be positive, such as scales and
// variances.
//
// Dugas et al. 2000, Incorporating Second-Order Functional Knowledge for Better
// Option Pricing, NIPS.
type Softplus struct{}

var _ Activation = Softplus{}

// String is "softplus".
func (Softplus) String() string { return "softplus" }

// Apply adds f(x) to x's graph.
func (a Softplus) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.Softplus, x, params)
}

// Parameters is nil.
func (Softplus) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Softplus) InputsPerOutput() int { return 1 }

// Fused is ops.Softplus.
func (Softplus) Fused() (ops.Act, bool) { return ops.Softplus, true }

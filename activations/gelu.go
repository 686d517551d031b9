package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// GELU is the Gaussian error linear unit, computed with the error function:
//
//	f(x)  = x·Φ(x),  Φ(x) = (1 + erf(x/√2)) / 2
//	f'(x) = Φ(x) + x·φ(x),  φ(x) = e^(-x²/2) / √(2π)
//
// Range: [-0.1700, ∞). Use it where a smooth ReLU is wanted; usual in
// transformers and ConvNeXt.
//
// Hendrycks and Gimpel 2016, arXiv:1606.08415.
type GELU struct{}

var _ Activation = GELU{}

// String is "gelu".
func (GELU) String() string { return "gelu" }

// Apply adds f(x) to x's graph.
func (a GELU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.GELU, x, params)
}

// Parameters is nil.
func (GELU) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (GELU) InputsPerOutput() int { return 1 }

// Fused is ops.GELU.
func (GELU) Fused() (ops.Act, bool) { return ops.GELU, true }

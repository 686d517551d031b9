package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// GELUTanh approximates GELU by a hyperbolic tangent:
//
//	f(x)  = x/2 · (1 + t),  t = tanh(u),  u = √(2/π)·(x + 0.044715·x³)
//	f'(x) = (1 + t)/2 + x/2 · (1 - t²)·u',  u' = √(2/π)·(1 + 0.134145·x²)
//
// Range: [-0.1700, ∞). Use it to match networks that were trained with it.
//
// Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2.
type GELUTanh struct{}

var _ Activation = GELUTanh{}

// String is "gelu_tanh".
func (GELUTanh) String() string { return "gelu_tanh" }

// Apply adds f(x) to x's graph.
func (a GELUTanh) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.GELUTanh, x, params)
}

// Parameters is nil.
func (GELUTanh) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (GELUTanh) InputsPerOutput() int { return 1 }

// Fused is ops.GELUTanh.
func (GELUTanh) Fused() (ops.Act, bool) { return ops.GELUTanh, true }

package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Mish is a smooth, non-monotonic relative of SiLU:
//
//	f(x)  = x·t,  t = tanh(log(1 + eˣ))
//	f'(x) = t + x·s·(1 - t²),  s = 1 / (1 + e⁻ˣ)
//
// Range: [-0.3088, ∞). Use it as SiLU where its higher cost doesn't matter; known
// from YOLOv4.
//
// Misra 2019, arXiv:1908.08681.
type Mish struct{}

var _ Activation = Mish{}

// String is "mish".
func (Mish) String() string { return "mish" }

// Apply adds f(x) to x's graph.
func (a Mish) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.Mish, x, params)
}

// Parameters is nil.
func (Mish) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Mish) InputsPerOutput() int { return 1 }

// Fused is ops.Mish.
func (Mish) Fused() (ops.Act, bool) { return ops.Mish, true }

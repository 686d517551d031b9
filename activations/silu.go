package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// SiLU is the sigmoid-weighted linear unit, also called swish:
//
//	f(x)  = x·s,  s = 1 / (1 + e⁻ˣ)
//	f'(x) = s·(1 + x·(1 - s))
//
// Range: [-0.2785, ∞). Use it where a smooth ReLU is wanted; usual in
// EfficientNet.
//
// Elfwing et al. 2017, arXiv:1702.03118; Ramachandran et al. 2017,
// arXiv:1710.05941 (swish).
type SiLU struct{}

var _ Activation = SiLU{}

// String is "silu".
func (SiLU) String() string { return "silu" }

// Apply adds f(x) to x's graph.
func (a SiLU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.SiLU, x, params)
}

// Parameters is nil.
func (SiLU) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (SiLU) InputsPerOutput() int { return 1 }

// Fused is ops.SiLU.
func (SiLU) Fused() (ops.Act, bool) { return ops.SiLU, true }

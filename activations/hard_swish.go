package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// HardSwish is SiLU with HardSigmoid in place of the sigmoid:
//
//	f(x)  = x·min(max(x/6 + 1/2, 0), 1)
//	f'(x) = 0 for x < -3, x/3 + 1/2 for -3 ≤ x < 3, else 1
//
// Range: [-0.375, ∞). Use it for SiLU without an exponential, as MobileNetV3
// does.
//
// Howard et al. 2019, arXiv:1905.02244.
type HardSwish struct{}

var _ Activation = HardSwish{}

// String is "hard_swish".
func (HardSwish) String() string { return "hard_swish" }

// Apply adds f(x) to x's graph.
func (a HardSwish) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.HardSwish, x, params)
}

// Parameters is nil.
func (HardSwish) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (HardSwish) InputsPerOutput() int { return 1 }

// Fused is ops.HardSwish.
func (HardSwish) Fused() (ops.Act, bool) { return ops.HardSwish, true }

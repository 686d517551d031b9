package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// HardSigmoid is a sigmoid of three straight pieces:
//
//	f(x)  = min(max(x/6 + 1/2, 0), 1)
//	f'(x) = 1/6 for -3 < x < 3, else 0
//
// Range: [0, 1]. Use it for gates where an exponential is too dear, as
// MobileNetV3's squeeze-and-excitation does. The slope is 1/6 rounded to single
// precision, like PyTorch's.
//
// Courbariaux et al. 2015, arXiv:1511.00363 (with slope 1/2); Howard et al. 2019,
// arXiv:1905.02244 (this form).
type HardSigmoid struct{}

var _ Activation = HardSigmoid{}

// String is "hard_sigmoid".
func (HardSigmoid) String() string { return "hard_sigmoid" }

// Apply adds f(x) to x's graph.
func (a HardSigmoid) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.HardSigmoid, x, params)
}

// Parameters is nil.
func (HardSigmoid) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (HardSigmoid) InputsPerOutput() int { return 1 }

// Fused is ops.HardSigmoid.
func (HardSigmoid) Fused() (ops.Act, bool) { return ops.HardSigmoid, true }

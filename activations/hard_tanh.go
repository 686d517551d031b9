package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// HardTanh cuts its input off at -1 and 1:
//
//	f(x)  = min(max(x, -1), 1)
//	f'(x) = 1 for -1 < x < 1, else 0
//
// Range: [-1, 1]. Use it for a bounded output that is exact in the middle, for
// example in quantised networks.
//
// Collobert 2004, Large Scale Machine Learning, thesis, Université Paris 6.
type HardTanh struct{}

var _ Activation = HardTanh{}

// String is "hard_tanh".
func (HardTanh) String() string { return "hard_tanh" }

// Apply adds f(x) to x's graph.
func (a HardTanh) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.HardTanh, x, params)
}

// Parameters is nil.
func (HardTanh) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (HardTanh) InputsPerOutput() int { return 1 }

// Fused is ops.HardTanh.
func (HardTanh) Fused() (ops.Act, bool) { return ops.HardTanh, true }

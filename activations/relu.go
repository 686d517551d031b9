package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// ReLU is the rectified linear unit:
//
//	f(x)  = max(x, 0)
//	f'(x) = 1 for x > 0, else 0
//
// Range: [0, ∞). The default between convolutions: cheap, and it doesn't saturate
// to the right; a unit that is never positive stops learning.
//
// Nair and Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann
// Machines, ICML; Glorot et al. 2011, Deep Sparse Rectifier Neural Networks,
// AISTATS.
type ReLU struct{}

var _ Activation = ReLU{}

// String is "relu".
func (ReLU) String() string { return "relu" }

// Apply adds f(x) to x's graph.
func (a ReLU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.ReLU, x, params)
}

// Parameters is nil.
func (ReLU) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (ReLU) InputsPerOutput() int { return 1 }

// Fused is ops.ReLU.
func (ReLU) Fused() (ops.Act, bool) { return ops.ReLU, true }

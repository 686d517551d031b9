package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Sigmoid is the logistic function:
//
//	f(x)  = 1 / (1 + e⁻ˣ)
//	f'(x) = f(x)·(1 - f(x))
//
// Range: (0, 1). Use it for gates and probabilities; between layers it saturates
// and its derivative never exceeds 1/4.
//
// Rumelhart et al. 1986, Learning Representations by Back-Propagating Errors,
// Nature 323.
type Sigmoid struct{}

var _ Activation = Sigmoid{}

// String is "sigmoid".
func (Sigmoid) String() string { return "sigmoid" }

// Apply adds f(x) to x's graph.
func (a Sigmoid) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.Sigmoid, x, params)
}

// Parameters is nil.
func (Sigmoid) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Sigmoid) InputsPerOutput() int { return 1 }

// Fused is ops.Sigmoid.
func (Sigmoid) Fused() (ops.Act, bool) { return ops.Sigmoid, true }

package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// SELU is the self-normalising exponential linear unit:
//
//	f(x)  = λ·x for x > 0, else λ·α·(eˣ - 1)
//	f'(x) = λ   for x > 0, else λ·α·eˣ
//	α = 1.6732632423543772, λ = 1.0507009873554805
//
// Range: (-λα, ∞), λα = 1.7581. Use it in deep plain networks without batch
// normalisation: with weights of variance 1/fan-in, means and variances converge
// to 0 and 1.
//
// Klambauer et al. 2017, arXiv:1706.02515.
type SELU struct{}

var _ Activation = SELU{}

// String is "selu".
func (SELU) String() string { return "selu" }

// Apply adds f(x) to x's graph.
func (a SELU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.SELU, x, params)
}

// Parameters is nil.
func (SELU) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (SELU) InputsPerOutput() int { return 1 }

// Fused is ops.SELU.
func (SELU) Fused() (ops.Act, bool) { return ops.SELU, true }

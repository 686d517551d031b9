package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// LogSigmoid is the logarithm of the sigmoid:
//
//	f(x)  = log(1 / (1 + e⁻ˣ)) = -log(1 + e⁻ˣ)
//	f'(x) = 1 / (1 + eˣ)
//
// Range: (-∞, 0). Use it inside losses on binary labels, where the logarithm of
// Sigmoid's result would lose all digits.
type LogSigmoid struct{}

var _ Activation = LogSigmoid{}

// String is "log_sigmoid".
func (LogSigmoid) String() string { return "log_sigmoid" }

// Apply adds f(x) to x's graph.
func (a LogSigmoid) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.LogSigmoid, x, params)
}

// Parameters is nil.
func (LogSigmoid) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (LogSigmoid) InputsPerOutput() int { return 1 }

// Fused is ops.LogSigmoid.
func (LogSigmoid) Fused() (ops.Act, bool) { return ops.LogSigmoid, true }

package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// ReLU6 is ReLU cut off at 6:
//
//	f(x)  = min(max(x, 0), 6)
//	f'(x) = 1 for 0 < x < 6, else 0
//
// Range: [0, 6]. Use it where low-precision arithmetic wants a bounded range, as
// MobileNetV2 does.
//
// Krizhevsky 2010, Convolutional Deep Belief Networks on CIFAR-10; Sandler et
// al. 2018, arXiv:1801.04381 (MobileNetV2).
type ReLU6 struct{}

var _ Activation = ReLU6{}

// String is "relu6".
func (ReLU6) String() string { return "relu6" }

// Apply adds f(x) to x's graph.
func (a ReLU6) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, ops.ReLU6, x, params)
}

// Parameters is nil.
func (ReLU6) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (ReLU6) InputsPerOutput() int { return 1 }

// Fused is ops.ReLU6.
func (ReLU6) Fused() (ops.Act, bool) { return ops.ReLU6, true }

package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// MeanSquared is the mean over all elements of the squared difference,
//
//	loss = mean of (x - target)^2
//
// The target is a constant: it gets no derivative.
//
//	Input:  x and target of one shape
//	Output: a scalar
func MeanSquared(x, target *gorgonia.Node) (*gorgonia.Node, error) {
	return op.Apply(pairLoss{"mean_squared", kernel.PairLoss{Kind: kernel.LossSquared}}, x, target)
}

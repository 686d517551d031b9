package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// MeanAbsolute is the mean over all elements of the absolute difference,
//
//	loss = mean of |x - target|
//
// Its derivative is the difference's sign, 0 where there is none. The target
// is a constant: it gets no derivative.
//
//	Input:  x and target of one shape
//	Output: a scalar
func MeanAbsolute(x, target *gorgonia.Node) (*gorgonia.Node, error) {
	return op.Apply(pairLoss{"mean_absolute", kernel.PairLoss{Kind: kernel.LossAbsolute}}, x, target)
}

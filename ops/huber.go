package ops

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// HuberConfig configures Huber.
type HuberConfig struct {
	Delta float64 // the difference up to which the loss is quadratic; 0 means 1
}

// Huber is the mean over all elements of a loss that is quadratic in small and
// linear in large differences, so that outliers pull no harder than by Delta:
// with d = x - target,
//
//	loss = mean of: d^2/2 for |d| <= Delta, else Delta*(|d| - Delta/2)
//
// The target is a constant: it gets no derivative.
//
//	Input:  x and target of one shape
//	Output: a scalar
//
// It returns an error for shapes that differ and a Delta that is not positive.
//
// Huber 1964, Robust Estimation of a Location Parameter, Annals of Mathematical
// Statistics 35.
func Huber(x, target *gorgonia.Node, cfg HuberConfig) (*gorgonia.Node, error) {
	if cfg.Delta == 0 {
		cfg.Delta = 1
	}
	if !(cfg.Delta > 0) || math.IsInf(cfg.Delta, 0) {
		return nil, errors.Errorf("huber: Delta = %v, want a finite number above 0", cfg.Delta)
	}
	return op.Apply(pairLoss{"huber", kernel.PairLoss{Kind: kernel.LossHuber, Delta: cfg.Delta}}, x, target)
}

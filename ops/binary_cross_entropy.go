package ops

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// BinaryCrossEntropyConfig configures BinaryCrossEntropy.
type BinaryCrossEntropyConfig struct {
	// PositiveWeights multiply the loss of targets that are 1, against classes
	// that are rarely so: one a class, axis 1 of the logits, or one for all; at
	// least 0 and not all 0. nil means 1.
	PositiveWeights []float64
}

// BinaryCrossEntropy is the mean over all elements of the cross-entropy between
// the sigmoid s of a logit and a target of 0, 1 or a probability in between:
// every class by itself, as labels of which several may hold at once want it,
//
//	loss = mean of: -w * t * log s(x) - (1 - t) * log(1 - s(x))
//
// It takes logits, not probabilities, and does not overflow at any size. The
// targets are constants: they get no derivative.
//
//	Input:  logits and targets of one shape, such as (N, classes)
//	Output: a scalar
//
// It returns an error for shapes that do not fit and weights that are none.
func BinaryCrossEntropy(logits, targets *gorgonia.Node, cfg BinaryCrossEntropyConfig) (*gorgonia.Node, error) {
	o := pairLoss{name: "binary_cross_entropy", loss: kernel.PairLoss{Kind: kernel.LossBinary, Inner: 1}}
	if cfg.PositiveWeights == nil || logits == nil {
		return op.Apply(o, logits, targets)
	}
	w, shape := append([]float64(nil), cfg.PositiveWeights...), logits.Shape()
	classes := 1
	if len(w) != 1 {
		if shape.Dims() < 2 {
			return nil, errors.Errorf("%s: logits have shape %v, want (N, classes, ...) for %d positive weights", o.name, shape, len(w))
		}
		classes, o.loss.Inner = shape[1], tensor.Shape(shape[2:]).TotalSize()
	}
	if err := checkWeights(o.name, "positive weights", w, classes); err != nil {
		return nil, err
	}
	o.loss.Weights = w
	return op.Apply(o, logits, targets)
}

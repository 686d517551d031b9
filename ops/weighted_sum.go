package ops

import (
	"fmt"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// WeightedSum adds up losses, y = sum of weights[i] * losses[i]: the loss of a
// network with auxiliary heads.
//
//	Input:  scalars, a weight for each
//	Output: a scalar
//
// It returns an error for anything but scalars and for a number of weights
// other than that of losses, and for a weight that is not finite.
func WeightedSum(losses []*gorgonia.Node, weights []float64) (*gorgonia.Node, error) {
	if len(losses) == 0 || len(losses) != len(weights) {
		return nil, errors.Errorf("weighted_sum: %d weights for %d losses", len(weights), len(losses))
	}
	for i, w := range weights {
		if math.IsNaN(w) || math.IsInf(w, 0) {
			return nil, errors.Errorf("weighted_sum: weight %d is %v, want a finite number", i, w)
		}
	}
	return op.Apply(weightedSum{append([]float64(nil), weights...)}, losses...)
}

type weightedSum struct{ weights []float64 }

func (weightedSum) Name() string         { return "weighted_sum" }
func (o weightedSum) Attributes() string { return fmt.Sprintf("weights=%v", o.weights) }
func (o weightedSum) Shape(in []tensor.Shape) (tensor.Shape, error) {
	for i, s := range in {
		if s.Dims() != 0 {
			return nil, errors.Errorf("%s: input %d has shape %v, want a scalar", o.Name(), i, s)
		}
	}
	return tensor.ScalarShape(), nil
}
func (o weightedSum) Float32(a op.Args[float32]) error { return weigh(o, a) }
func (o weightedSum) Float64(a op.Args[float64]) error { return weigh(o, a) }

func weigh[T kernel.Float](o weightedSum, a op.Args[T]) error {
	sum := 0.0
	for i, x := range a.In {
		sum += o.weights[i] * float64(x[0])
	}
	a.Out[0] = T(sum)
	return nil
}

func (o weightedSum) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	grads := make(gorgonia.Nodes, len(in))
	for i := range in {
		var err error
		if grads[i], err = op.Apply(weightedSum{o.weights[i : i+1]}, grad); err != nil {
			return nil, err
		}
	}
	return grads, nil
}

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

// pairLoss is the mean over all elements of a loss of x against a target.
type pairLoss struct {
	name string
	loss kernel.PairLoss
}

func (o pairLoss) Name() string { return o.name }
func (o pairLoss) Attributes() string {
	switch {
	case o.loss.Kind == kernel.LossHuber:
		return "delta=" + number(o.loss.Delta)
	case o.loss.Weights != nil:
		return fmt.Sprintf("weights=%v", o.loss.Weights)
	}
	return ""
}

func (o pairLoss) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := positive(o.name, "input", in[0]); err != nil {
		return nil, err
	}
	return tensor.ScalarShape(), wantShape(o.name, "target", in[1], in[0]...)
}

func (o pairLoss) Float32(a op.Args[float32]) error { return pairForward(o, a) }
func (o pairLoss) Float64(a op.Args[float64]) error { return pairForward(o, a) }

func pairForward[T kernel.Float](o pairLoss, a op.Args[T]) error {
	a.Out[0] = T(kernel.PairLossForward(o.loss, a.In[0], a.In[1]) / float64(len(a.In[0])))
	return nil
}

// Wrt has no derivative in the target.
func (pairLoss) Wrt(int) []bool { return []bool{true, false} }

func (o pairLoss) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(pairLossGrad{o}, in[0], in[1], grad)
	return gorgonia.Nodes{dx, nil}, err
}

// pairLossGrad computes dx from x, the target and the scalar dy.
type pairLossGrad struct{ of pairLoss }

func (o pairLossGrad) Name() string       { return o.of.name + "_grad" }
func (o pairLossGrad) Attributes() string { return o.of.Attributes() }

func (o pairLossGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantShape(o.Name(), "target", in[1], in[0]...); err != nil {
		return nil, err
	}
	return in[0].Clone(), wantShape(o.Name(), "gradient", in[2])
}

func (o pairLossGrad) Float32(a op.Args[float32]) error { return pairBackward(o, a) }
func (o pairLossGrad) Float64(a op.Args[float64]) error { return pairBackward(o, a) }
func (pairLossGrad) Overwrites() []int                  { return []int{0, 1} }

func pairBackward[T kernel.Float](o pairLossGrad, a op.Args[T]) error {
	kernel.PairLossBackward(o.of.loss, float64(a.In[2][0])/float64(len(a.Out)), a.In[0], a.In[1], a.Out)
	return nil
}

// checkWeights refuses weights that are not one for each of n, finite, at least
// 0 and not all 0.
func checkWeights(op, what string, w []float64, n int) error {
	if w == nil {
		return nil
	}
	if len(w) != n {
		return errors.Errorf("%s: %d %s, want %d, one a class", op, len(w), what, n)
	}
	sum := 0.0
	for i, v := range w {
		if !(v >= 0) || math.IsInf(v, 0) {
			return errors.Errorf("%s: %s[%d] = %v, want a finite number of at least 0", op, what, i, v)
		}
		sum += v
	}
	if sum == 0 {
		return errors.Errorf("%s: all %s are 0", op, what)
	}
	return nil
}

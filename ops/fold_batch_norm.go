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

// FoldBatchNorm turns a convolution and the batch norm after it, in inference,
// into one convolution: with scale[o] = normWeight[o]/sqrt(variance[o] + eps)
//
//	w[o,...] = weight[o,...] * scale[o]
//	b[o]     = (bias[o] - mean[o])*scale[o] + normBias[o]
//
// Both are computed at every run, so that the parameters may change.
//
//	Input:  weight (O, ...), bias (O) or nil, normWeight, normBias, mean and variance (O)
//	Output: w like weight, b (O)
//
// It returns an error for shapes that do not fit and an eps that is not
// positive. The results have no derivative.
func FoldBatchNorm(weight, bias, normWeight, normBias, mean, variance *gorgonia.Node, eps float64) (w, b *gorgonia.Node, err error) {
	o := foldBatchNorm{eps}
	if w, err = apply(foldWeight{o}, weight, normWeight, variance); err != nil {
		return nil, nil, err
	}
	inputs := gorgonia.Nodes{normWeight, variance, normBias, mean}
	if bias != nil {
		inputs = append(inputs, bias)
	}
	b, err = apply(foldBias{o}, inputs...)
	return w, b, err
}

type foldBatchNorm struct{ eps float64 }

func (o foldBatchNorm) Attributes() string { return fmt.Sprintf("eps=%g", o.eps) }

func (o foldBatchNorm) check(name string, in []tensor.Shape) error {
	if !(o.eps > 0) {
		return errors.Errorf("%s: eps = %g, want more than 0", name, o.eps)
	}
	if in[0].Dims() < 1 {
		return errors.Errorf("%s: weight has no dimensions, want (O, ...)", name)
	}
	for i, s := range in[1:] {
		if err := wantShape(name, fmt.Sprintf("input %d", i+1), s, in[0][0]); err != nil {
			return err
		}
	}
	return nil
}

// foldWeight computes w from weight, normWeight and variance.
type foldWeight struct{ foldBatchNorm }

func (foldWeight) Name() string { return "fold_batch_norm_weight" }
func (o foldWeight) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), o.check(o.Name(), in)
}
func (o foldWeight) Float32(a op.Args[float32]) error { return scaleRows(o, a) }
func (o foldWeight) Float64(a op.Args[float64]) error { return scaleRows(o, a) }

func scaleRows[T kernel.Float](o foldWeight, a op.Args[T]) error {
	rows := a.OutShape[0]
	row := len(a.Out) / rows
	weight, normWeight, variance := a.In[0], a.In[1], a.In[2]
	const grain = 1 << 15 // elements worth a thread
	kernel.Parallel(rows, max(grain/row, 1), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			scale := T(float64(normWeight[r]) / math.Sqrt(float64(variance[r])+o.eps))
			out := a.Out[r*row : (r+1)*row]
			for i, v := range weight[r*row : (r+1)*row] {
				out[i] = v * scale
			}
		}
	})
	return nil
}

// foldBias computes b from normWeight, variance, normBias, mean and perhaps
// bias.
type foldBias struct{ foldBatchNorm }

func (foldBias) Name() string { return "fold_batch_norm_bias" }
func (o foldBias) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), o.check(o.Name(), in)
}
func (o foldBias) Float32(a op.Args[float32]) error { return shiftRows(o, a) }
func (o foldBias) Float64(a op.Args[float64]) error { return shiftRows(o, a) }

func shiftRows[T kernel.Float](o foldBias, a op.Args[T]) error {
	for r := range a.Out {
		scale := float64(a.In[0][r]) / math.Sqrt(float64(a.In[1][r])+o.eps)
		bias := -float64(a.In[3][r])
		if len(a.In) > 4 {
			bias += float64(a.In[4][r])
		}
		a.Out[r] = T(bias*scale + float64(a.In[2][r]))
	}
	return nil
}

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

// BatchNormFold turns a convolution and the batch norm after it, in inference,
// into one convolution: with scale[o] = Weight[o]/sqrt(Variance[o] + Eps)
//
//	w[o,...] = weight[o,...] * scale[o]
//	b[o]     = (bias[o] - Mean[o])*scale[o] + Bias[o]
//
// Both are computed at every run, so that the parameters may change.
//
//	Input:  weight (O, ...), bias (O) or nil; of norm (O) each
//	Output: w like weight, b (O)
//
// It returns an error for shapes that do not fit, an Eps below 0 and an Act:
// the convolution applies it. The results have no derivative.
func BatchNormFold(weight, bias *gorgonia.Node, norm BatchNormNodes, cfg BatchNormConfig) (w, b *gorgonia.Node, err error) {
	if cfg.Act != nil {
		return nil, nil, errors.Errorf("batch_norm_fold: activation %v can't be folded, give it to the convolution", cfg.Act)
	}
	if cfg.Eps == 0 {
		cfg.Eps = 1e-5
	}
	scale, err := op.Apply(foldScale{cfg.Eps}, norm.Weight, norm.Variance)
	if err != nil {
		return nil, nil, err
	}
	if w, err = op.Apply(foldWeight{}, weight, scale); err != nil {
		return nil, nil, err
	}
	inputs := gorgonia.Nodes{scale, norm.Bias, norm.Mean}
	if bias != nil {
		inputs = append(inputs, bias)
	}
	b, err = op.Apply(foldBias{}, inputs...)
	return w, b, err
}

// BatchNormAffine is a batch norm in inference as y = x*scale + shift, with
//
//	scale[c] = Weight[c]/sqrt(Variance[c] + eps)
//	shift[c] = Bias[c] - Mean[c]*scale[c]
//
//	Input:  of norm (C) each
//	Output: scale (C), shift (C)
//
// It returns an error for shapes that do not fit and an eps that is not above 0.
// The results have no derivative.
func BatchNormAffine(norm BatchNormNodes, eps float64) (scale, shift *gorgonia.Node, err error) {
	if scale, err = op.Apply(foldScale{eps}, norm.Weight, norm.Variance); err != nil {
		return nil, nil, err
	}
	shift, err = op.Apply(foldBias{}, scale, norm.Bias, norm.Mean)
	return scale, shift, err
}

// foldScale computes scale from normWeight and variance.
type foldScale struct{ eps float64 }

func (foldScale) Name() string         { return "batch_norm_fold_scale" }
func (o foldScale) Attributes() string { return fmt.Sprintf("eps=%g", o.eps) }
func (o foldScale) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if !(o.eps > 0) || math.IsInf(o.eps, 0) {
		return nil, errors.Errorf("%s: eps = %g, want a finite number above 0", o.Name(), o.eps)
	}
	if err := wantDims(o.Name(), "normWeight", in[0], "(O)", 1); err != nil {
		return nil, err
	}
	return in[0].Clone(), wantShape(o.Name(), "variance", in[1], in[0][0])
}
func (o foldScale) Float32(a op.Args[float32]) error { return normScale(o, a) }
func (o foldScale) Float64(a op.Args[float64]) error { return normScale(o, a) }

func normScale[T kernel.Float](o foldScale, a op.Args[T]) error {
	for i, w := range a.In[0] {
		a.Out[i] = T(float64(w) / math.Sqrt(float64(a.In[1][i])+o.eps))
	}
	return nil
}

// foldWeight computes w from weight and scale.
type foldWeight struct{}

func (foldWeight) Name() string       { return "batch_norm_fold_weight" }
func (foldWeight) Attributes() string { return "" }
func (o foldWeight) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if in[0].Dims() < 1 {
		return nil, errors.Errorf("%s: weight has no dimensions, want (O, ...)", o.Name())
	}
	return in[0].Clone(), wantShape(o.Name(), "scale", in[1], in[0][0])
}
func (foldWeight) Float32(a op.Args[float32]) error { return scaleRows(a) }
func (foldWeight) Float64(a op.Args[float64]) error { return scaleRows(a) }

func scaleRows[T kernel.Float](a op.Args[T]) error {
	rows := a.OutShape[0]
	kernel.ScaleChannel(1, rows, len(a.Out)/rows, a.In[0], a.In[1], a.Out)
	return nil
}

// foldBias computes b from scale, normBias, mean and perhaps bias.
type foldBias struct{}

func (foldBias) Name() string       { return "batch_norm_fold_bias" }
func (foldBias) Attributes() string { return "" }
func (o foldBias) Shape(in []tensor.Shape) (tensor.Shape, error) {
	for i, what := range []string{"normBias", "mean", "bias"}[:len(in)-1] {
		if err := wantShape(o.Name(), what, in[i+1], in[0]...); err != nil {
			return nil, err
		}
	}
	return in[0].Clone(), nil
}
func (foldBias) Float32(a op.Args[float32]) error { return shiftRows(a) }
func (foldBias) Float64(a op.Args[float64]) error { return shiftRows(a) }

func shiftRows[T kernel.Float](a op.Args[T]) error {
	for i, scale := range a.In[0] {
		v := -a.In[2][i]
		if len(a.In) > 3 {
			v += a.In[3][i]
		}
		a.Out[i] = v*scale + a.In[1][i]
	}
	return nil
}

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

// BatchNormConfig configures BatchNormTraining, BatchNormInference and
// BatchNormFold.
type BatchNormConfig struct {
	Eps float64 // added to the variance; 0 means 1e-5
	Act Act     // applied to the result; any activation; nil means none
}

// BatchNormNodes are the nodes that normalise in inference, each (C).
type BatchNormNodes struct {
	Weight, Bias   *gorgonia.Node
	Mean, Variance *gorgonia.Node // running averages of the batches'
}

func (cfg BatchNormConfig) operation(training bool) (batchNorm, error) {
	o := batchNorm{eps: cfg.Eps, training: training}
	if o.eps == 0 {
		o.eps = 1e-5
	}
	var err error
	o.act, err = resolve(o.Name(), cfg.Act)
	return o, err
}

// BatchNormTraining normalises every channel by the mean and the biased variance
// of the batch,
//
//	y = act((x - mean)/sqrt(variance + eps) * weight + bias)
//
// and returns both statistics too, for BatchNormRunning. The derivative counts
// them as functions of x; gradients that arrive at the statistics themselves
// are not propagated.
//
//	Input:  x (N, C) or (N, C, H, W), weight (C), bias (C), or both nil
//	Output: y like x, mean (C), variance (C)
//
// It returns an error for shapes that do not fit, for a weight without a bias
// or the reverse, a negative Eps, and where a channel has a single value, whose
// variance is zero.
//
// Ioffe and Szegedy 2015, Batch Normalization: Accelerating Deep Network
// Training by Reducing Internal Covariate Shift, arXiv 1502.03167.
func BatchNormTraining(x, weight, bias *gorgonia.Node, cfg BatchNormConfig) (y, mean, variance *gorgonia.Node, err error) {
	o, err := cfg.operation(true)
	if err != nil {
		return nil, nil, nil, err
	}
	stats, err := op.Apply(batchNormStats{}, x)
	if err != nil {
		return nil, nil, nil, err
	}
	if mean, err = op.Apply(row{0}, stats); err != nil {
		return nil, nil, nil, err
	}
	if variance, err = op.Apply(row{1}, stats); err != nil {
		return nil, nil, nil, err
	}
	if y, err = applyAffine(o, weight, bias, x, mean, variance); err != nil {
		return nil, nil, nil, err
	}
	return y, mean, variance, nil
}

// BatchNormInference is BatchNormTraining with given statistics, which are
// constants for the derivative.
//
//	Input:  x (N, C) or (N, C, H, W); of norm (C) each, Weight and Bias may both be nil
//	Output: like x
//
// It returns an error for shapes that do not fit, for one of Weight and Bias
// without the other, and a negative Eps.
func BatchNormInference(x *gorgonia.Node, norm BatchNormNodes, cfg BatchNormConfig) (*gorgonia.Node, error) {
	o, err := cfg.operation(false)
	if err != nil {
		return nil, err
	}
	return applyAffine(o, norm.Weight, norm.Bias, x, norm.Mean, norm.Variance)
}

// batchNorm is the forward pass, on x, mean, variance and perhaps weight and
// bias.
type batchNorm struct {
	eps      float64
	act      kernel.Act
	training bool
}

func (o batchNorm) Name() string { return "batch_norm" }
func (o batchNorm) Attributes() string {
	return fmt.Sprintf("eps=%g training=%t%s", o.eps, o.training, writeAct(o.act))
}

func (o batchNorm) Shape(in []tensor.Shape) (tensor.Shape, error) {
	name, x := o.Name(), in[0]
	if err := wantDims(name, "input", x, "(N, C) or (N, C, H, W)", 2, 4); err != nil {
		return nil, err
	}
	if !(o.eps >= 0) || math.IsInf(o.eps, 0) {
		return nil, errors.Errorf("%s: eps = %g, want a finite number of at least 0", name, o.eps)
	}
	for i, what := range []string{"mean", "variance", "weight", "bias"}[:len(in)-1] {
		if err := wantShape(name, what, in[i+1], x[1]); err != nil {
			return nil, err
		}
	}
	return x.Clone(), nil
}

func (o batchNorm) Float32(a op.Args[float32]) error { return batchNormForward(o, a) }
func (o batchNorm) Float64(a op.Args[float64]) error { return batchNormForward(o, a) }

// Overwrites x, where the derivative does not read it: in inference.
func (batchNorm) Overwrites() []int { return []int{0} }

// affine returns weight and bias, operands 3 and 4, or nil.
func affine[T any](in []T, affine bool) (weight, bias T) {
	if affine {
		return in[3], in[4]
	}
	return weight, bias
}

func batchNormForward[T kernel.Float](o batchNorm, a op.Args[T]) error {
	n, c, hw := layout(a.OutShape)
	weight, bias := affine(a.In, len(a.In) > 3)
	kernel.BatchNormForward(n, c, hw, a.In[0], a.In[1], a.In[2], weight, bias, o.eps, o.act, a.Out)
	return nil
}

// Wrt has no derivatives in the statistics: in training they are part of x's.
func (batchNorm) Wrt(inputs int) []bool {
	return []bool{true, false, false, true, true}[:inputs]
}

func (o batchNorm) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	affine := len(in) > 3
	operands := append(append(gorgonia.Nodes{}, in...), grad)
	sums, err := op.Apply(batchNormReduce{o, affine}, operands...)
	if err != nil {
		return nil, err
	}
	if o.training {
		operands = append(operands, sums)
	}
	dx, err := op.Apply(batchNormInputGrad{o, affine}, operands...)
	if err != nil || !affine {
		return gorgonia.Nodes{dx, nil, nil}, err
	}
	dweight, err := op.Apply(row{0}, sums)
	if err != nil {
		return nil, err
	}
	dbias, err := op.Apply(row{1}, sums)
	return gorgonia.Nodes{dx, nil, nil, dweight, dbias}, err
}

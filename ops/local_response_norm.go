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

// LocalResponseNormConfig configures LocalResponseNorm. Zero values mean the
// paper's constants, apart from alpha, which is divided by the window's size
// here: {Size: 5, Alpha: 5e-4, Beta: 0.75, K: 2}.
type LocalResponseNormConfig struct {
	Size  int // channels in a window
	Alpha float64
	Beta  float64
	K     float64
}

// LocalResponseNorm divides every element by a power of the mean square of
// neighbouring channels at its position,
//
//	y[c] = x[c] * (k + alpha/size * sum over c' of x[c']^2)^(-beta)
//
// with c' from c - floor(size/2) to c + floor((size-1)/2), cut at the first
// and the last channel. Alpha over size is PyTorch's convention; the paper's
// alpha is not divided.
//
//	Input:  (N, C, H, W)
//	Output: the same
//
// It returns an error for a size below 1 or negative constants.
//
// Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep
// Convolutional Neural Networks, section 3.3.
func LocalResponseNorm(x *gorgonia.Node, cfg LocalResponseNormConfig) (*gorgonia.Node, error) {
	return op.Apply(cfg.operation(), x)
}

// operation is the operation with the zero values replaced.
func (cfg LocalResponseNormConfig) operation() localResponseNorm {
	o := localResponseNorm(cfg)
	if o.Size == 0 {
		o.Size = 5
	}
	if o.Alpha == 0 {
		o.Alpha = 5e-4
	}
	if o.Beta == 0 {
		o.Beta = 0.75
	}
	if o.K == 0 {
		o.K = 2
	}
	return o
}

type localResponseNorm LocalResponseNormConfig

func (localResponseNorm) Name() string { return "local_response_norm" }
func (o localResponseNorm) Attributes() string {
	return fmt.Sprintf("size=%d alpha=%v beta=%v k=%v", o.Size, o.Alpha, o.Beta, o.K)
}
func (o localResponseNorm) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantImages(o.Name(), "input", in[0]); err != nil {
		return nil, err
	}
	return in[0].Clone(), o.check(o.Name())
}

func (o localResponseNorm) check(op string) error {
	if o.Size < 1 {
		return errors.Errorf("%s: size is %d, want at least 1", op, o.Size)
	}
	if !(o.Alpha >= 0 && o.Beta >= 0 && o.K >= 0) || math.IsInf(o.Alpha+o.Beta+o.K, 0) {
		return errors.Errorf("%s: alpha = %v, beta = %v, k = %v: want finite numbers, none below 0", op, o.Alpha, o.Beta, o.K)
	}
	return nil
}
func (o localResponseNorm) Float32(a op.Args[float32]) error { return lrnForward(o, a) }
func (o localResponseNorm) Float64(a op.Args[float64]) error { return lrnForward(o, a) }

func lrnForward[T kernel.Float](o localResponseNorm, a op.Args[T]) error {
	n, c, hw := layout(a.OutShape)
	kernel.LRNForward(n, c, hw, o.Size, o.Alpha, o.Beta, o.K, a.In[0], a.Out)
	return nil
}

func (o localResponseNorm) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(localResponseNormGrad(o), in[0], grad)
	return gorgonia.Nodes{dx}, err
}

// localResponseNormGrad computes dx from x and dy.
type localResponseNormGrad LocalResponseNormConfig

func (localResponseNormGrad) Name() string { return "local_response_norm_grad" }
func (o localResponseNormGrad) Attributes() string {
	return localResponseNorm(o).Attributes()
}
func (o localResponseNormGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return sameShapes(o.Name(), in)
}
func (o localResponseNormGrad) Float32(a op.Args[float32]) error { return lrnBackward(o, a) }
func (o localResponseNormGrad) Float64(a op.Args[float64]) error { return lrnBackward(o, a) }

func lrnBackward[T kernel.Float](o localResponseNormGrad, a op.Args[T]) error {
	n, c, hw := layout(a.OutShape)
	kernel.LRNBackward(n, c, hw, o.Size, o.Alpha, o.Beta, o.K, a.In[0], a.In[1], a.Out)
	return nil
}

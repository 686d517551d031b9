package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// MaxPool2DConfig configures MaxPool2D. Kernel is required.
type MaxPool2DConfig struct {
	Kernel   [2]int
	Stride   [2]int // 0 means Kernel
	Padding  [2]int // at most half the kernel; padding never wins
	Dilation [2]int // distance of a window's elements; 0 means 1
	CeilMode bool   // a last window that runs off the image counts too
}

// MaxPool2D is the maximum over windows of the image. Of equal elements the
// first in row-major order gets the gradient; NaN wins over every number.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, OH, OW), OH = floor((H + 2*padding - dilation*(KH-1) - 1)/stride) + 1
//
// With CeilMode the division rounds up, as long as the last window starts
// inside the image or its top padding. It returns an error for windows that do
// not fit.
//
// Ranzato et al. 2007, Unsupervised Learning of Invariant Feature Hierarchies
// with Applications to Object Recognition.
func MaxPool2D(x *gorgonia.Node, cfg MaxPool2DConfig) (*gorgonia.Node, error) {
	return op.Apply(maxPool2D{window(cfg.Kernel, cfg.Stride, cfg.Padding, cfg.Dilation, cfg.CeilMode)}, x)
}

type maxPool2D struct{ poolWindow }

func (maxPool2D) Name() string         { return "max_pool2d" }
func (o maxPool2D) Attributes() string { return o.String() }
func (o maxPool2D) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return o.outShape(o.Name(), in[0])
}
func (o maxPool2D) Float32(a op.Args[float32]) error { return maxPoolForward(o, a) }
func (o maxPool2D) Float64(a op.Args[float64]) error { return maxPoolForward(o, a) }

func maxPoolForward[T kernel.Float](o maxPool2D, a op.Args[T]) error {
	kernel.MaxPoolForward(o.pool(a.Shapes[0], a.OutShape), a.In[0], a.Out)
	return nil
}

func (o maxPool2D) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(maxPool2DGrad(o), in[0], grad)
	return gorgonia.Nodes{dx}, err
}

// maxPool2DGrad computes dx from x and dy.
type maxPool2DGrad struct{ poolWindow }

func (maxPool2DGrad) Name() string         { return "max_pool2d_grad" }
func (o maxPool2DGrad) Attributes() string { return o.String() }
func (o maxPool2DGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	want, err := o.outShape(o.Name(), in[0])
	if err != nil {
		return nil, err
	}
	return in[0].Clone(), wantShape(o.Name(), "gradient", in[1], want...)
}
func (o maxPool2DGrad) Float32(a op.Args[float32]) error { return maxPoolBackward(o, a) }
func (o maxPool2DGrad) Float64(a op.Args[float64]) error { return maxPoolBackward(o, a) }

func maxPoolBackward[T kernel.Float](o maxPool2DGrad, a op.Args[T]) error {
	kernel.MaxPoolBackward(o.pool(a.Shapes[0], a.Shapes[1]), a.In[0], a.In[1], a.Out)
	return nil
}

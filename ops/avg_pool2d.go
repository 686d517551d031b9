package ops

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// AvgPool2DConfig configures AvgPool2D. Kernel is required.
type AvgPool2DConfig struct {
	Kernel     [2]int
	Stride     [2]int // 0 means Kernel
	Padding    [2]int // zeros on both sides; at most half the kernel
	CeilMode   bool   // a last window that runs off the image counts too
	ExcludePad bool   // divide by the number of elements inside the image
}

// AvgPool2D is the mean over windows of the image. The padding's zeros count
// as elements, unless ExcludePad is set; what lies beyond the padding (under
// CeilMode) never does.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, OH, OW), OH = floor((H + 2*padding - KH)/stride) + 1
//
// With CeilMode the division rounds up, as long as the last window starts
// inside the image or its top padding. It returns an error for windows that do
// not fit.
//
// LeCun et al. 1990, Handwritten Digit Recognition with a Back-Propagation
// Network.
func AvgPool2D(x *gorgonia.Node, cfg AvgPool2DConfig) (*gorgonia.Node, error) {
	w := window(cfg.Kernel, cfg.Stride, cfg.Padding, [2]int{}, cfg.CeilMode)
	w.excludePad = cfg.ExcludePad
	return op.Apply(avgPool2D{w}, x)
}

type avgPool2D struct{ poolWindow }

func (avgPool2D) Name() string         { return "avg_pool2d" }
func (o avgPool2D) Attributes() string { return o.String() }
func (o avgPool2D) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return o.outShape(o.Name(), in[0])
}
func (o avgPool2D) Float32(a op.Args[float32]) error { return avgPoolForward(o, a) }
func (o avgPool2D) Float64(a op.Args[float64]) error { return avgPoolForward(o, a) }

func avgPoolForward[T kernel.Float](o avgPool2D, a op.Args[T]) error {
	kernel.AvgPoolForward(o.pool(a.Shapes[0], a.OutShape), a.In[0], a.Out)
	return nil
}

func (o avgPool2D) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	x := in[0].Shape()
	dx, err := op.Apply(avgPool2DGrad{o.poolWindow, x[2], x[3]}, grad)
	return gorgonia.Nodes{dx}, err
}

// avgPool2DGrad computes dx, of height h and width w, from dy.
type avgPool2DGrad struct {
	poolWindow
	h, w int
}

func (avgPool2DGrad) Name() string { return "avg_pool2d_grad" }
func (o avgPool2DGrad) Attributes() string {
	return fmt.Sprintf("%s size=%dx%d", o.poolWindow, o.h, o.w)
}
func (o avgPool2DGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := tensor.Shape{in[0][0], in[0][1], o.h, o.w}
	want, err := o.outShape(o.Name(), x)
	if err != nil {
		return nil, err
	}
	return x, wantShape(o.Name(), "gradient", in[0], want...)
}
func (o avgPool2DGrad) Float32(a op.Args[float32]) error { return avgPoolBackward(o, a) }
func (o avgPool2DGrad) Float64(a op.Args[float64]) error { return avgPoolBackward(o, a) }

func avgPoolBackward[T kernel.Float](o avgPool2DGrad, a op.Args[T]) error {
	kernel.AvgPoolBackward(o.pool(a.OutShape, a.Shapes[0]), a.In[0], a.Out)
	return nil
}

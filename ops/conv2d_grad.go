package ops

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/tensor"
)

// conv2DInputGrad computes a convolution's dx (N, C, H, W) from dy and weight.
// H and W are settings: several input sizes give one output size.
type conv2DInputGrad struct {
	convGeometry
	h, w int
}

func (conv2DInputGrad) Name() string { return "conv2d_input_grad" }
func (o conv2DInputGrad) Attributes() string {
	return fmt.Sprintf("%s size=%dx%d", o.convGeometry, o.h, o.w)
}

func (o conv2DInputGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	dy, w := in[0], in[1]
	x := tensor.Shape{dy[0], w[1] * o.groups, o.h, o.w}
	c := o.conv(x, w)
	return x, wantShape(o.Name(), "gradient", dy, x[0], w[0], c.OutH(), c.OutW())
}

func (o conv2DInputGrad) Float32(a op.Args[float32]) error { return convInputGrad(o, a) }
func (o conv2DInputGrad) Float64(a op.Args[float64]) error { return convInputGrad(o, a) }

func convInputGrad[T kernel.Float](o conv2DInputGrad, a op.Args[T]) error {
	c := o.conv(a.OutShape, a.Shapes[1])
	c.Fast = true // a gradient's rounding switches no activation
	kernel.ConvBackwardData(c, a.In[0], a.In[1], a.Out)
	return nil
}

func (o conv2DInputGrad) MACs(in []tensor.Shape, out tensor.Shape) int64 {
	return convMACs(o.conv(out, in[1]))
}

// conv2DWeightGrad computes a convolution's dweight (O, C/groups, KH, KW) from
// x and dy. KH and KW are settings: several kernel sizes give one output size.
type conv2DWeightGrad struct {
	convGeometry
	kh, kw int
}

func (conv2DWeightGrad) Name() string { return "conv2d_weight_grad" }
func (o conv2DWeightGrad) Attributes() string {
	return fmt.Sprintf("%s kernel=%dx%d", o.convGeometry, o.kh, o.kw)
}

func (o conv2DWeightGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x, dy := in[0], in[1]
	w := tensor.Shape{dy[1], x[1] / o.groups, o.kh, o.kw}
	c := o.conv(x, w)
	return w, wantShape(o.Name(), "gradient", dy, x[0], w[0], c.OutH(), c.OutW())
}

func (o conv2DWeightGrad) Float32(a op.Args[float32]) error { return convWeightGrad(o, a) }
func (o conv2DWeightGrad) Float64(a op.Args[float64]) error { return convWeightGrad(o, a) }

func convWeightGrad[T kernel.Float](o conv2DWeightGrad, a op.Args[T]) error {
	kernel.ConvBackwardWeights(o.conv(a.Shapes[0], a.OutShape), a.In[0], a.In[1], a.Out)
	return nil
}

func (o conv2DWeightGrad) MACs(in []tensor.Shape, out tensor.Shape) int64 {
	return convMACs(o.conv(in[0], out))
}

package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// AdaptiveAvgPool2D averages over out[0] x out[1] windows that cover the image as
// evenly as whole numbers allow: window i spans rows floor(i*H/out[0]) to
// ceil((i+1)*H/out[0]) - 1. Windows overlap where out[0] does not divide H, and
// repeat elements where it is larger.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, out[0], out[1])
//
// It returns an error for an output size below 1. See GlobalAvgPool2D for one
// number a channel.
//
// He et al. 2014, Spatial Pyramid Pooling in Deep Convolutional Networks for
// Visual Recognition, arXiv 1406.4729, section 2.3 (windows of adaptive size).
func AdaptiveAvgPool2D(x *gorgonia.Node, out [2]int) (*gorgonia.Node, error) {
	return op.Apply(adaptiveAvgPool2D{out[0], out[1]}, x)
}

type adaptiveAvgPool2D struct{ h, w int }

func (adaptiveAvgPool2D) Name() string         { return "adaptive_avg_pool2d" }
func (o adaptiveAvgPool2D) Attributes() string { return fmt.Sprintf("output=%dx%d", o.h, o.w) }
func (o adaptiveAvgPool2D) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantImages(o.Name(), "input", in[0]); err != nil {
		return nil, err
	}
	if o.h < 1 || o.w < 1 {
		return nil, errors.Errorf("%s: output size is %dx%d, want at least 1", o.Name(), o.h, o.w)
	}
	return tensor.Shape{in[0][0], in[0][1], o.h, o.w}, nil
}
func (o adaptiveAvgPool2D) Float32(a op.Args[float32]) error { return adaptiveForward(o, a) }
func (o adaptiveAvgPool2D) Float64(a op.Args[float64]) error { return adaptiveForward(o, a) }

func adaptiveForward[T kernel.Float](o adaptiveAvgPool2D, a op.Args[T]) error {
	x := a.Shapes[0]
	kernel.AdaptiveAvgPoolForward(x[0], x[1], x[2], x[3], o.h, o.w, a.In[0], a.Out)
	return nil
}

func (adaptiveAvgPool2D) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	x := in[0].Shape()
	dx, err := op.Apply(adaptiveAvgPool2DGrad{x[2], x[3]}, grad)
	return gorgonia.Nodes{dx}, err
}

// adaptiveAvgPool2DGrad computes dx, of height h and width w, from dy (N, C,
// outH, outW) or, of global pooling, (N, C).
type adaptiveAvgPool2DGrad struct{ h, w int }

func (adaptiveAvgPool2DGrad) Name() string         { return "adaptive_avg_pool2d_grad" }
func (o adaptiveAvgPool2DGrad) Attributes() string { return fmt.Sprintf("size=%dx%d", o.h, o.w) }
func (o adaptiveAvgPool2DGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantDims(o.Name(), "gradient", in[0], "(N, C) or (N, C, H, W)", 2, 4); err != nil {
		return nil, err
	}
	return tensor.Shape{in[0][0], in[0][1], o.h, o.w}, nil
}
func (o adaptiveAvgPool2DGrad) Float32(a op.Args[float32]) error { return adaptiveBackward(o, a) }
func (o adaptiveAvgPool2DGrad) Float64(a op.Args[float64]) error { return adaptiveBackward(o, a) }

func adaptiveBackward[T kernel.Float](o adaptiveAvgPool2DGrad, a op.Args[T]) error {
	dy := a.Shapes[0]
	oh, ow := 1, 1
	if dy.Dims() == 4 {
		oh, ow = dy[2], dy[3]
	}
	kernel.AdaptiveAvgPoolBackward(dy[0], dy[1], o.h, o.w, oh, ow, a.In[0], a.Out)
	return nil
}

package ops

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Subsample keeps every stride-th row and column, starting with the first:
// y = x[:, :, ::stride[0], ::stride[1]].
//
//	Input:  (N, C, H, W)
//	Output: (N, C, ceil(H/stride[0]), ceil(W/stride[1]))
//
// It returns an error for a stride below 1.
func Subsample(x *gorgonia.Node, stride [2]int) (*gorgonia.Node, error) {
	return op.Apply(subsample{stride}, x)
}

type subsample struct{ stride [2]int }

func (subsample) Name() string { return "subsample" }
func (o subsample) Attributes() string {
	return fmt.Sprintf("stride=%dx%d", o.stride[0], o.stride[1])
}
func (o subsample) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := in[0]
	if err := wantImages(o.Name(), "input", x); err != nil {
		return nil, err
	}
	if err := atLeast(o.Name(), "stride", o.stride, 1); err != nil {
		return nil, err
	}
	return tensor.Shape{x[0], x[1], (x[2]-1)/o.stride[0] + 1, (x[3]-1)/o.stride[1] + 1}, nil
}
func (o subsample) Float32(a op.Args[float32]) error { return subsampleForward(o, a) }
func (o subsample) Float64(a op.Args[float64]) error { return subsampleForward(o, a) }

func subsampleForward[T kernel.Float](o subsample, a op.Args[T]) error {
	x := a.Shapes[0]
	kernel.SubsampleForward(x[0], x[1], x[2], x[3], o.stride[0], o.stride[1], a.In[0], a.Out)
	return nil
}

func (o subsample) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	x := in[0].Shape()
	dx, err := op.Apply(subsampleGrad{o.stride, x[2], x[3]}, grad)
	return gorgonia.Nodes{dx}, err
}

// subsampleGrad computes dx, of height h and width w, from dy: dy's elements
// where they came from, zeros elsewhere.
type subsampleGrad struct {
	stride [2]int
	h, w   int
}

func (subsampleGrad) Name() string { return "subsample_grad" }
func (o subsampleGrad) Attributes() string {
	return fmt.Sprintf("stride=%dx%d size=%dx%d", o.stride[0], o.stride[1], o.h, o.w)
}
func (o subsampleGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := tensor.Shape{in[0][0], in[0][1], o.h, o.w}
	want, err := subsample{o.stride}.Shape([]tensor.Shape{x})
	if err != nil {
		return nil, err
	}
	return x, wantShape(o.Name(), "gradient", in[0], want...)
}
func (o subsampleGrad) Float32(a op.Args[float32]) error { return subsampleBackward(o, a) }
func (o subsampleGrad) Float64(a op.Args[float64]) error { return subsampleBackward(o, a) }

func subsampleBackward[T kernel.Float](o subsampleGrad, a op.Args[T]) error {
	x := a.OutShape
	kernel.SubsampleBackward(x[0], x[1], x[2], x[3], o.stride[0], o.stride[1], a.In[0], a.Out)
	return nil
}

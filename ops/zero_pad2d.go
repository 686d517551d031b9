package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ZeroPad2D puts rows and columns of zeros around images: before is {above, left},
// after is {below, right}. A convolution's own padding is the same on both sides;
// this one need not be.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, before[0] + H + after[0], before[1] + W + after[1])
//
// It returns an error for a negative number.
func ZeroPad2D(x *gorgonia.Node, before, after [2]int) (*gorgonia.Node, error) {
	return op.Apply(zeroPad2D{before, after}, x)
}

type zeroPad2D struct{ before, after [2]int }

func (zeroPad2D) Name() string { return "zero_pad2d" }
func (o zeroPad2D) Attributes() string {
	return fmt.Sprintf("before=%dx%d after=%dx%d", o.before[0], o.before[1], o.after[0], o.after[1])
}

func (o zeroPad2D) Shape(in []tensor.Shape) (tensor.Shape, error) { return o.shape(o.Name(), in[0]) }

func (o zeroPad2D) shape(name string, x tensor.Shape) (tensor.Shape, error) {
	if err := wantImages(name, "input", x); err != nil {
		return nil, err
	}
	if min(o.before[0], o.before[1], o.after[0], o.after[1]) < 0 {
		return nil, errors.Errorf("%s: padding is %dx%d before and %dx%d after, want at least 0", name, o.before[0], o.before[1], o.after[0], o.after[1])
	}
	out := x.Clone()
	for i := range 2 {
		var err error
		if out[2+i], err = size.Add(o.before[i], x[2+i], o.after[i]); err != nil {
			return nil, errors.WithMessagef(err, "%s: size", name)
		}
	}
	return out, nil
}

// pad is the kernel's geometry for images of shape x.
func (o zeroPad2D) pad(x tensor.Shape) kernel.Pad {
	return kernel.Pad{
		Top: o.before[0], Left: o.before[1], H: x[2], W: x[3],
		OH: o.before[0] + x[2] + o.after[0], OW: o.before[1] + x[3] + o.after[1],
	}
}

func (o zeroPad2D) Float32(a op.Args[float32]) error { return zeroPadForward(o, a) }
func (o zeroPad2D) Float64(a op.Args[float64]) error { return zeroPadForward(o, a) }

func zeroPadForward[T kernel.Float](o zeroPad2D, a op.Args[T]) error {
	x := a.Shapes[0]
	kernel.PadPlanes(o.pad(x), x[0]*x[1], a.In[0], a.Out)
	return nil
}

func (o zeroPad2D) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(zeroPad2DGrad(o), grad)
	return gorgonia.Nodes{dx}, err
}

// Whole reports whether there is nothing to add.
func (zeroPad2D) Whole(n *op.Node) bool { return unchanged(n) }

// zeroPad2DGrad takes dx out of dy.
type zeroPad2DGrad zeroPad2D

func (zeroPad2DGrad) Name() string         { return "zero_pad2d_grad" }
func (o zeroPad2DGrad) Attributes() string { return zeroPad2D(o).Attributes() }

func (o zeroPad2DGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantImages(o.Name(), "gradient", in[0]); err != nil {
		return nil, err
	}
	x := in[0].Clone()
	for i := range 2 {
		x[2+i] -= o.before[i] + o.after[i]
	}
	_, err := zeroPad2D(o).shape(o.Name(), x)
	return x, err
}

func (o zeroPad2DGrad) Float32(a op.Args[float32]) error { return zeroPadBackward(o, a) }
func (o zeroPad2DGrad) Float64(a op.Args[float64]) error { return zeroPadBackward(o, a) }

func zeroPadBackward[T kernel.Float](o zeroPad2DGrad, a op.Args[T]) error {
	x := a.OutShape
	kernel.CropPlanes(zeroPad2D(o).pad(x), x[0]*x[1], a.In[0], a.Out)
	return nil
}

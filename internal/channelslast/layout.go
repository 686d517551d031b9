package channelslast

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// FromNCHW copies images (N, C, H, W) to channels last.
func FromNCHW(x *gorgonia.Node) (Image, error) {
	o := fromNCHW{}
	if x == nil {
		return Image{}, errors.Errorf("%s: input is nil", o.Name())
	}
	if dt, _ := op.Dtype(x); dt != tensor.Float32 {
		return Image{}, errors.Errorf("%s: input (%s) is %v, want float32", o.Name(), x.Name(), dt)
	}
	if x.Dims() != 4 {
		return Image{}, errors.Errorf("%s: input has shape %v, want (N, C, H, W)", o.Name(), x.Shape())
	}
	o.result = images(x.Shape())
	return apply(o, x)
}

type fromNCHW struct{ result }

func (fromNCHW) Name() string                     { return "channels_last_from_nchw" }
func (o fromNCHW) Attributes() string             { return o.String() }
func (o fromNCHW) restrided(stride int) operation { o.stride = stride; return o }

func (o fromNCHW) Float32(a op.Args[float32]) error {
	kernel.PixelsFromPlanes(o.n, o.c, o.h*o.w, a.In[0], out(a))
	return nil
}

// ToNCHW copies images back to (N, C, H, W).
func ToNCHW(x Image) (*gorgonia.Node, error) {
	if err := x.check(toNCHW{}.Name(), "input"); err != nil {
		return nil, err
	}
	return op.Apply(toNCHW{images(x.Shape())}, x.Node)
}

type toNCHW struct{ from result }

func (toNCHW) Name() string         { return "channels_last_to_nchw" }
func (o toNCHW) Attributes() string { return o.from.String() }
func (o toNCHW) Shape([]tensor.Shape) (tensor.Shape, error) {
	return tensor.Shape{o.from.n, o.from.c, o.from.h, o.from.w}, nil
}
func (o toNCHW) Float64(a op.Args[float64]) error { return o.from.Float64(a) }

func (o toNCHW) Float32(a op.Args[float32]) error {
	kernel.PlanesFromPixels(o.from.n, o.from.c, o.from.h*o.from.w, in(a, 0), a.Out)
	return nil
}

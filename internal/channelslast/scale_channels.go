package channelslast

import (
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ScaleChannels is ops.ScaleChannels: every channel of every image times a
// number of its own.
//
//	Input:  x (N, C, H, W), s (N, C)
//	Output: like x
func ScaleChannels(x Image, s *gorgonia.Node) (Image, error) {
	var o scaleChannels
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	if s == nil {
		return Image{}, errors.Errorf("%s: scale is nil", o.Name())
	}
	if want := (tensor.Shape{x.Shape()[0], x.C}); s.Dims() != 2 || !slices.Equal(s.Shape(), want) {
		return Image{}, errors.Errorf("%s: scale has shape %v, want %v", o.Name(), s.Shape(), want)
	}
	o.result, o.from = images(x.Shape()), x.Stride()
	return apply(o, x.Node, s)
}

type scaleChannels struct {
	result
	from int
}

var _ op.Overwriter = scaleChannels{}

func (scaleChannels) Name() string                     { return "channels_last_scale_channels" }
func (o scaleChannels) Attributes() string             { return o.String() }
func (o scaleChannels) restrided(stride int) operation { o.stride = stride; return o }
func (o scaleChannels) Overwrites() []int              { return overwrites(o.stride, o.from) }

func (o scaleChannels) Float32(a op.Args[float32]) error {
	kernel.PixelScale(o.n, o.c, o.h*o.w, in(a, 0), a.In[1], out(a))
	return nil
}

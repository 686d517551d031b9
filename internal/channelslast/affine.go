package channelslast

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Affine is y = act(x·scale + shift), a number of each for every channel; act
// may be nil. Batch norm in inference is that.
//
//	Input:  x (N, C, H, W), scale (C), shift (C)
//	Output: like x
func Affine(x Image, scale, shift *gorgonia.Node, act ops.Act) (Image, error) {
	var o affine
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	if err := wantVector(o.Name(), "scale", scale, x.C); err != nil {
		return Image{}, err
	}
	if err := wantVector(o.Name(), "shift", shift, x.C); err != nil {
		return Image{}, err
	}
	var err error
	if o.act, err = ops.KernelAct(o.Name(), act); err != nil {
		return Image{}, err
	}
	o.result, o.from = images(x.Shape()), x.Stride()
	return apply(o, x.Node, scale, shift)
}

type affine struct {
	result
	act  kernel.Act
	from int
}

var _ op.Overwriter = affine{}

func (affine) Name() string                     { return "channels_last_affine" }
func (o affine) Attributes() string             { return o.String() + writeAct(o.act) }
func (o affine) restrided(stride int) operation { o.stride = stride; return o }
func (o affine) Overwrites() []int              { return overwrites(o.stride, o.from) }

func (o affine) Float32(a op.Args[float32]) error {
	kernel.PixelAffine(o.act, o.pixels(), o.c, in(a, 0), a.In[1], a.In[2], out(a))
	return nil
}

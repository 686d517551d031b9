package channelslast

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// overwrites lists those of the inputs, in order, whose pixels lie as the
// result's do.
func overwrites(stride int, inputs ...int) []int {
	var list []int
	for i, s := range inputs {
		if s == stride {
			list = append(list, i)
		}
	}
	return list
}

// Add is the sum of images of one shape, in the order given. The sum of one is
// that one.
func Add(xs ...Image) (Image, error) { return AddAct(nil, xs...) }

// AddAct is y = act(x1 + x2 + ...) for images of one shape; act may be nil.
func AddAct(act ops.Act, xs ...Image) (Image, error) {
	var o add
	if err := checkAll(o.Name(), xs); err != nil {
		return Image{}, err
	}
	if len(xs) == 1 {
		return Act(xs[0], act)
	}
	var err error
	if o.act, err = ops.KernelAct(o.Name(), act); err != nil {
		return Image{}, err
	}
	o.result = images(xs[0].Shape())
	nodes := make([]*gorgonia.Node, len(xs))
	for i, x := range xs {
		nodes[i] = x.Node
		o.strides = append(o.strides, x.Stride())
	}
	return apply(o, nodes...)
}

type add struct {
	result
	act     kernel.Act
	strides []int
}

var _ op.Overwriter = add{}

func (add) Name() string                     { return "channels_last_add" }
func (o add) Attributes() string             { return o.String() + writeAct(o.act) }
func (o add) restrided(stride int) operation { o.stride = stride; return o }
func (o add) Overwrites() []int              { return overwrites(o.stride, o.strides[:2]...) }

func (o add) Float32(a op.Args[float32]) error {
	var few [8]kernel.Pixels
	xs := few[:0]
	for i := range a.In {
		xs = append(xs, in(a, i))
	}
	kernel.PixelAdd(o.act, o.pixels(), o.c, out(a), xs...)
	return nil
}

// Act is y = act(x), element by element. Without an activation it is x.
func Act(x Image, act ops.Act) (Image, error) {
	var o activate
	if err := x.check(o.Name(), "input"); err != nil || act == nil {
		return x, err
	}
	var err error
	if o.act, err = ops.KernelAct(o.Name(), act); err != nil {
		return Image{}, err
	}
	o.result, o.from = images(x.Shape()), x.Stride()
	return apply(o, x.Node)
}

type activate struct {
	result
	act  kernel.Act
	from int
}

var _ op.Overwriter = activate{}

func (activate) Name() string                     { return "channels_last_act" }
func (o activate) Attributes() string             { return o.String() + writeAct(o.act) }
func (o activate) restrided(stride int) operation { o.stride = stride; return o }
func (o activate) Overwrites() []int              { return overwrites(o.stride, o.from) }

func (o activate) Float32(a op.Args[float32]) error {
	kernel.PixelAct(o.act, o.pixels(), o.c, in(a, 0), out(a))
	return nil
}

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

// LocalResponseNorm is ops.LocalResponseNorm.
//
//	Input:  (N, C, H, W)
//	Output: the same
func LocalResponseNorm(x Image, cfg ops.LocalResponseNormConfig) (Image, error) {
	var o localResponseNorm
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	var err error
	if o.cfg, err = cfg.Resolve(o.Name()); err != nil {
		return Image{}, err
	}
	o.result, o.from = images(x.Shape()), x.Stride()
	return apply(o, x.Node)
}

type localResponseNorm struct {
	result
	cfg  ops.LocalResponseNormConfig
	from int
}

var _ op.Overwriter = localResponseNorm{}

func (localResponseNorm) Name() string                     { return "channels_last_local_response_norm" }
func (o localResponseNorm) Attributes() string             { return fmt.Sprintf("%s %+v", o.result, o.cfg) }
func (o localResponseNorm) restrided(stride int) operation { o.stride = stride; return o }
func (o localResponseNorm) Overwrites() []int              { return overwrites(o.stride, o.from) }

func (o localResponseNorm) Float32(a op.Args[float32]) error {
	kernel.PixelLRN(o.pixels(), o.c, o.cfg.Size, o.cfg.Alpha, o.cfg.Beta, o.cfg.K, in(a, 0), out(a))
	return nil
}

package channelslast

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

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

package channelslast

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
)

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

package channelslast

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
)

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

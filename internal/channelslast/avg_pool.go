package channelslast

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
)

// AvgPool is ops.AvgPool2D.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, OH, OW)
func AvgPool(x Image, cfg ops.AvgPool2DConfig) (Image, error) {
	var o avgPool
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	var err error
	if o.pool, err = ops.AvgPoolGeometry(o.Name(), x.Shape(), cfg); err != nil {
		return Image{}, err
	}
	o.result = pooled(o.pool)
	return apply(o, x.Node)
}

type avgPool struct {
	result
	pool kernel.Pool
}

func (avgPool) Name() string                     { return "channels_last_avg_pool" }
func (o avgPool) Attributes() string             { return fmt.Sprintf("%+v stride=%d", o.pool, o.stride) }
func (o avgPool) restrided(stride int) operation { o.stride = stride; return o }

func (o avgPool) Float32(a op.Args[float32]) error {
	kernel.PixelAvgPool(o.pool, in(a, 0), out(a))
	return nil
}

package channelslast

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/tensor"
)

// MaxPool is ops.MaxPool2D.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, OH, OW)
func MaxPool(x Image, cfg ops.MaxPool2DConfig) (Image, error) {
	var o maxPool
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	var err error
	if o.pool, err = ops.MaxPoolGeometry(o.Name(), x.Shape(), cfg); err != nil {
		return Image{}, err
	}
	o.result = pooled(o.pool)
	return apply(o, x.Node)
}

// pooled is the result of a pooling.
func pooled(p kernel.Pool) result { return images(tensor.Shape{p.N, p.C, p.OH, p.OW}) }

type maxPool struct {
	result
	pool kernel.Pool
}

func (maxPool) Name() string                     { return "channels_last_max_pool" }
func (o maxPool) Attributes() string             { return fmt.Sprintf("%+v stride=%d", o.pool, o.stride) }
func (o maxPool) restrided(stride int) operation { o.stride = stride; return o }

func (o maxPool) Float32(a op.Args[float32]) error {
	kernel.PixelMaxPool(o.pool, in(a, 0), out(a))
	return nil
}

package channelslast

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// GlobalAvgPool is ops.GlobalAvgPool2D. Its result is a matrix like that's, no
// image.
//
//	Input:  (N, C, H, W)
//	Output: (N, C)
func GlobalAvgPool(x Image) (*gorgonia.Node, error) {
	if err := x.check(globalAvgPool{}.Name(), "input"); err != nil {
		return nil, err
	}
	return op.Apply(globalAvgPool{images(x.Shape())}, x.Node)
}

type globalAvgPool struct{ from result }

func (globalAvgPool) Name() string         { return "channels_last_global_avg_pool" }
func (o globalAvgPool) Attributes() string { return o.from.String() }
func (o globalAvgPool) Shape([]tensor.Shape) (tensor.Shape, error) {
	return tensor.Shape{o.from.n, o.from.c}, nil
}
func (o globalAvgPool) Float64(a op.Args[float64]) error { return o.from.Float64(a) }

func (o globalAvgPool) Float32(a op.Args[float32]) error {
	r := o.from
	kernel.PixelAdaptiveAvgPool(r.n, r.c, r.h, r.w, 1, 1, in(a, 0), kernel.Pixels{Data: a.Out, Stride: r.c})
	return nil
}

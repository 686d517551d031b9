package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
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

// AdaptiveAvgPool is ops.AdaptiveAvgPool2D.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, size[0], size[1])
func AdaptiveAvgPool(x Image, size [2]int) (Image, error) {
	var o adaptiveAvgPool
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	if size[0] < 1 || size[1] < 1 {
		return Image{}, errors.Errorf("%s: output size is %dx%d, want at least 1", o.Name(), size[0], size[1])
	}
	s := x.Shape()
	o.result, o.inH, o.inW = images(tensor.Shape{s[0], s[1], size[0], size[1]}), s[2], s[3]
	return apply(o, x.Node)
}

type adaptiveAvgPool struct {
	result
	inH, inW int
}

func (adaptiveAvgPool) Name() string { return "channels_last_adaptive_avg_pool" }
func (o adaptiveAvgPool) Attributes() string {
	return fmt.Sprintf("%s from=%dx%d", o.result, o.inH, o.inW)
}
func (o adaptiveAvgPool) restrided(stride int) operation { o.stride = stride; return o }

func (o adaptiveAvgPool) Float32(a op.Args[float32]) error {
	kernel.PixelAdaptiveAvgPool(o.n, o.c, o.inH, o.inW, o.h, o.w, in(a, 0), out(a))
	return nil
}

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

package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/tensor"
)

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

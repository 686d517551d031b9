package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
)

// Subsample is ops.Subsample: every stride-th row and column.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, ceil(H/stride[0]), ceil(W/stride[1]))
//
// It returns an error for a stride below 1.
func Subsample(x Image, stride [2]int) (Image, error) {
	o := subsample{step: stride}
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	if stride[0] < 1 || stride[1] < 1 {
		return Image{}, errors.Errorf("%s: stride is %dx%d, want at least 1", o.Name(), stride[0], stride[1])
	}
	s := x.Shape()
	o.inH, o.inW = s[2], s[3]
	s[2], s[3] = (s[2]-1)/stride[0]+1, (s[3]-1)/stride[1]+1
	o.result = images(s)
	return apply(o, x.Node)
}

type subsample struct {
	result
	inH, inW int
	step     [2]int
}

func (subsample) Name() string { return "channels_last_subsample" }
func (o subsample) Attributes() string {
	return fmt.Sprintf("%s from=%dx%d step=%dx%d", o.result, o.inH, o.inW, o.step[0], o.step[1])
}
func (o subsample) restrided(stride int) operation { o.stride = stride; return o }

func (o subsample) Float32(a op.Args[float32]) error {
	kernel.PixelSubsample(o.n, o.c, o.inH, o.inW, o.step[0], o.step[1], in(a, 0), out(a))
	return nil
}

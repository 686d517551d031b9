package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
)

// Slice takes the channels from, from+1, ..., to-1.
//
//	Input:  (N, C, H, W)
//	Output: (N, to - from, H, W)
//
// A result that lies in the input's memory is not copied. It returns an error
// unless 0 <= from < to <= C.
func Slice(x Image, from, to int) (Image, error) {
	o := slice{from: from, to: to}
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	s := x.Shape()
	if from < 0 || to <= from || to > x.C {
		return Image{}, errors.Errorf("%s: channels %d to %d are not among the %d of input %v", o.Name(), from, to, x.C, s)
	}
	s[1] = to - from
	o.result = images(s)
	return apply(o, x.Node)
}

type slice struct {
	result
	from, to int
}

func (slice) Name() string                     { return "channels_last_slice" }
func (o slice) Attributes() string             { return fmt.Sprintf("%s from=%d to=%d", o.result, o.from, o.to) }
func (o slice) restrided(stride int) operation { o.stride = stride; return o }

func (o slice) Float32(a op.Args[float32]) error {
	kernel.PixelCopy(o.pixels(), o.c, in(a, 0).Channels(o.from), out(a))
	return nil
}

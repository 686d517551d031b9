package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
)

// PadChannels adds channels of zeros before and after the input's.
//
//	Input:  (N, C, H, W)
//	Output: (N, before + C + after, H, W)
//
// It returns an error for a negative number of channels.
func PadChannels(x Image, before, after int) (Image, error) {
	o := padChannels{before: before, after: after}
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	if before < 0 || after < 0 {
		return Image{}, errors.Errorf("%s: padding is %d before and %d after, want at least 0", o.Name(), before, after)
	}
	s := x.Shape()
	var err error
	if s[1], err = size.Add(before, x.C, after); err != nil {
		return Image{}, errors.WithMessagef(err, "%s: channels", o.Name())
	}
	o.result = images(s)
	return apply(o, x.Node)
}

type padChannels struct {
	result
	before, after int
}

func (padChannels) Name() string { return "channels_last_pad_channels" }
func (o padChannels) Attributes() string {
	return fmt.Sprintf("%s before=%d after=%d", o.result, o.before, o.after)
}
func (o padChannels) restrided(stride int) operation { o.stride = stride; return o }

func (o padChannels) Float32(a op.Args[float32]) error {
	y, c := out(a), o.c-o.before-o.after
	kernel.PixelZero(o.pixels(), o.before, y)
	kernel.PixelCopy(o.pixels(), c, in(a, 0), y.Channels(o.before))
	if o.after > 0 {
		kernel.PixelZero(o.pixels(), o.after, y.Channels(o.before+c))
	}
	return nil
}

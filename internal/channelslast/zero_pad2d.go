package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
)

// ZeroPad is ops.ZeroPad2D.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, before[0] + H + after[0], before[1] + W + after[1])
//
// It returns an error for a negative number.
func ZeroPad(x Image, before, after [2]int) (Image, error) {
	o := zeroPad{before: before, after: after}
	if err := x.check(o.Name(), "input"); err != nil {
		return Image{}, err
	}
	if min(before[0], before[1], after[0], after[1]) < 0 {
		return Image{}, errors.Errorf("%s: padding is %v before and %v after, want at least 0", o.Name(), before, after)
	}
	s := x.Shape()
	o.pad = kernel.Pad{Top: before[0], Left: before[1], H: s[2], W: s[3]}
	for i := range 2 {
		var err error
		if s[2+i], err = size.Add(before[i], s[2+i], after[i]); err != nil {
			return Image{}, errors.WithMessagef(err, "%s: size", o.Name())
		}
	}
	o.pad.OH, o.pad.OW = s[2], s[3]
	o.result = images(s)
	return apply(o, x.Node)
}

type zeroPad struct {
	result
	before, after [2]int
	pad           kernel.Pad
}

func (zeroPad) Name() string { return "channels_last_zero_pad2d" }
func (o zeroPad) Attributes() string {
	return fmt.Sprintf("%s before=%v after=%v", o.result, o.before, o.after)
}
func (o zeroPad) restrided(stride int) operation { o.stride = stride; return o }

func (o zeroPad) Float32(a op.Args[float32]) error {
	kernel.PixelPad(o.pad, o.n, o.c, in(a, 0), out(a))
	return nil
}

// Tell is that of ops.ZeroPad2D.
func (o zeroPad) Tell() op.Told {
	return op.Told{Name: "zero_pad2d", Type: "ops.zeroPad2D", Settings: fmt.Sprintf("before=%dx%d after=%dx%d", o.before[0], o.before[1], o.after[0], o.after[1])}
}

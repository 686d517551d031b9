package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Concat puts the channels of images one after another. Of one it is that one.
//
//	Input:  (N, C1, H, W), (N, C2, H, W), ...
//	Output: (N, C1 + C2 + ..., H, W)
//
// An input that already lies in the result's memory, at its channels and with
// the result's pixel stride (see Restride and Offsets), is not copied.
func Concat(xs ...Image) (Image, error) {
	var o concat
	if len(xs) == 0 {
		return Image{}, errors.Errorf("%s: no images", o.Name())
	}
	nodes := make([]*gorgonia.Node, len(xs))
	shape := make(tensor.Shape, 4)
	for i, x := range xs {
		if err := x.check(o.Name(), fmt.Sprintf("input %d", i)); err != nil {
			return Image{}, err
		}
		s := x.Shape()
		if i == 0 {
			shape[0], shape[2], shape[3] = s[0], s[2], s[3]
		}
		if s[0] != shape[0] || s[2] != shape[2] || s[3] != shape[3] {
			return Image{}, errors.Errorf("%s: input %d has shape %v, input 0 has %v: only the channels may differ", o.Name(), i, s, xs[0].Shape())
		}
		nodes[i] = x.Node
		o.parts = append(o.parts, x.C)
		var err error
		if shape[1], err = size.Add(shape[1], x.C); err != nil {
			return Image{}, errors.WithMessagef(err, "%s: channels", o.Name())
		}
	}
	if len(xs) == 1 {
		return xs[0], nil
	}
	o.result = images(shape)
	return apply(o, nodes...)
}

// Offsets says at which channel of a concatenation's result each of its inputs
// stands: there a memory plan may have them written at once, if their pixel
// strides are the result's. It is nil for any other node.
func Offsets(n *gorgonia.Node) []int {
	made := op.Of(n)
	if made == nil {
		return nil
	}
	o, ok := made.Operation().(concat)
	if !ok {
		return nil
	}
	return o.offsets()
}

type concat struct {
	result
	parts []int // channels of the inputs
}

func (concat) Name() string                     { return "channels_last_concat" }
func (o concat) Attributes() string             { return fmt.Sprintf("%s parts=%v", o.result, o.parts) }
func (o concat) restrided(stride int) operation { o.stride = stride; return o }

func (o concat) offsets() []int {
	at := make([]int, len(o.parts))
	for i, c := range o.parts[:len(o.parts)-1] {
		at[i+1] = at[i] + c
	}
	return at
}

func (o concat) Float32(a op.Args[float32]) error {
	y, at := out(a), 0
	for i, c := range o.parts {
		kernel.PixelCopy(o.pixels(), c, in(a, i), y.Channels(at))
		at += c
	}
	return nil
}

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

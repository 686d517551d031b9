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

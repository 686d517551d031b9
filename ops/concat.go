package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Concat puts the channels of any number of tensors one after another. Of one
// node it is that node.
//
//	Input:  (N, C1, ...), (N, C2, ...), ... alike in all but the channels
//	Output: (N, C1 + C2 + ..., ...)
//
// It returns an error for no nodes, and for shapes that differ in more than the
// channels.
func Concat(x ...*gorgonia.Node) (*gorgonia.Node, error) {
	switch {
	case len(x) == 0:
		return nil, errors.New("concat: no nodes to join")
	case len(x) == 1 && x[0] != nil:
		return x[0], nil
	}
	return op.Apply(concat{}, x...)
}

type concat struct{}

func (concat) Name() string       { return "concat" }
func (concat) Attributes() string { return "" }
func (o concat) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if in[0].Dims() < 2 {
		return nil, errors.Errorf("%s: input 0 has shape %v, want (N, C, ...)", o.Name(), in[0])
	}
	out := in[0].Clone()
	channels := make([]int, len(in))
	for i, s := range in {
		if s.Dims() != out.Dims() {
			return nil, errors.Errorf("%s: input %d has shape %v, want %d dimensions like input 0", o.Name(), i, s, out.Dims())
		}
		for axis := range s {
			if axis != 1 && s[axis] != out[axis] {
				return nil, errors.Errorf("%s: input %d has shape %v, input 0 has %v: only the channels may differ", o.Name(), i, s, in[0])
			}
		}
		if err := positive(o.Name(), fmt.Sprintf("input %d", i), s); err != nil {
			return nil, err
		}
		channels[i] = s[1]
	}
	var err error
	if out[1], err = size.Add(channels...); err != nil {
		return nil, errors.WithMessagef(err, "%s: channels", o.Name())
	}
	return out, nil
}
func (concat) Float32(a op.Args[float32]) error { return join(a) }
func (concat) Float64(a op.Args[float64]) error { return join(a) }

func join[T kernel.Float](a op.Args[T]) error {
	n, total, hw := layout(a.OutShape)
	at := 0
	for i, x := range a.In {
		c := a.Shapes[i][1]
		kernel.CopyChannels(n, c, hw, x, 0, c, a.Out, at, total)
		at += c
	}
	return nil
}

func (concat) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	grads := make(gorgonia.Nodes, len(in))
	at := 0
	for i, x := range in {
		c := x.Shape()[1]
		var err error
		if grads[i], err = op.Apply(sliceChannels{at, at + c}, grad); err != nil {
			return nil, err
		}
		at += c
	}
	return grads, nil
}

package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// SliceChannels takes the channels from, from+1, ..., to-1.
//
//	Input:  (N, C, ...)
//	Output: (N, to - from, ...)
//
// It returns an error unless 0 <= from < to <= C.
func SliceChannels(x *gorgonia.Node, from, to int) (*gorgonia.Node, error) {
	return op.Apply(sliceChannels{from, to}, x)
}

type sliceChannels struct{ from, to int }

func (sliceChannels) Name() string         { return "slice_channels" }
func (o sliceChannels) Attributes() string { return fmt.Sprintf("from=%d to=%d", o.from, o.to) }
func (o sliceChannels) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := in[0]
	if x.Dims() < 2 {
		return nil, errors.Errorf("%s: input has shape %v, want (N, C, ...)", o.Name(), x)
	}
	if o.from < 0 || o.to <= o.from || o.to > x[1] {
		return nil, errors.Errorf("%s: channels %d to %d are not among the %d of input %v", o.Name(), o.from, o.to, x[1], x)
	}
	out := x.Clone()
	out[1] = o.to - o.from
	return out, nil
}
func (o sliceChannels) Float32(a op.Args[float32]) error { return slice(o, a) }
func (o sliceChannels) Float64(a op.Args[float64]) error { return slice(o, a) }

func slice[T kernel.Float](o sliceChannels, a op.Args[T]) error {
	n, c, hw := layout(a.OutShape)
	kernel.CopyChannels(n, c, hw, a.In[0], o.from, a.Shapes[0][1], a.Out, 0, c)
	return nil
}

func (o sliceChannels) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(padChannels{o.from, in[0].Shape()[1] - o.to}, grad)
	return gorgonia.Nodes{dx}, err
}

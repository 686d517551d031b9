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

// PadChannels adds channels of zeros before and after the input's: with
// Subsample, the shortcut without parameters (option A) of residual networks.
//
//	Input:  (N, C, ...)
//	Output: (N, before + C + after, ...)
//
// It returns an error for fewer than two dimensions and a negative number of
// channels.
//
// He et al. 2015, Deep Residual Learning for Image Recognition,
// arXiv 1512.03385, section 3.3.
func PadChannels(x *gorgonia.Node, before, after int) (*gorgonia.Node, error) {
	return op.Apply(padChannels{before, after}, x)
}

type padChannels struct{ before, after int }

func (padChannels) Name() string         { return "pad_channels" }
func (o padChannels) Attributes() string { return fmt.Sprintf("before=%d after=%d", o.before, o.after) }
func (o padChannels) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := in[0]
	if x.Dims() < 2 {
		return nil, errors.Errorf("%s: input has shape %v, want (N, C, ...)", o.Name(), x)
	}
	if o.before < 0 || o.after < 0 {
		return nil, errors.Errorf("%s: padding is %d before and %d after, want at least 0", o.Name(), o.before, o.after)
	}
	if err := positive(o.Name(), "input", x); err != nil {
		return nil, err
	}
	channels, err := size.Add(o.before, x[1], o.after)
	if err != nil {
		return nil, errors.WithMessagef(err, "%s: channels", o.Name())
	}
	out := x.Clone()
	out[1] = channels
	return out, nil
}
func (o padChannels) Float32(a op.Args[float32]) error { return pad(o, a) }
func (o padChannels) Float64(a op.Args[float64]) error { return pad(o, a) }

func pad[T kernel.Float](o padChannels, a op.Args[T]) error {
	n, total, hw := layout(a.OutShape)
	c := a.Shapes[0][1]
	kernel.ZeroChannels(n, o.before, hw, a.Out, 0, total)
	kernel.CopyChannels(n, c, hw, a.In[0], 0, c, a.Out, o.before, total)
	kernel.ZeroChannels(n, o.after, hw, a.Out, o.before+c, total)
	return nil
}

func (o padChannels) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(sliceChannels{o.before, o.before + in[0].Shape()[1]}, grad)
	return gorgonia.Nodes{dx}, err
}

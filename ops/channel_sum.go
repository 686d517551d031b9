package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// channelSum adds up (N, C, ...) over all but the channels: (C), the gradient
// of a bias.
type channelSum struct{}

func (channelSum) Name() string       { return "channel_sum" }
func (channelSum) Attributes() string { return "" }
func (o channelSum) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantDims(o.Name(), "input", in[0], "(N, C) or (N, C, H, W)", 2, 4); err != nil {
		return nil, err
	}
	return tensor.Shape{in[0][1]}, nil
}
func (channelSum) Float32(a op.Args[float32]) error { return sumChannels(a) }
func (channelSum) Float64(a op.Args[float64]) error { return sumChannels(a) }

func sumChannels[T kernel.Float](a op.Args[T]) error {
	n, c, hw := layout(a.Shapes[0])
	kernel.ChannelSum(n, c, hw, a.In[0], a.Out)
	return nil
}

// withBiasGrad completes the gradients of a layer on (x, weight) and perhaps
// bias by the bias's, where there is one. dz is the gradient of the layer's
// result before its activation.
func withBiasGrad(grads, in gorgonia.Nodes, dz *gorgonia.Node) (gorgonia.Nodes, error) {
	if len(in) < 3 {
		return grads, nil
	}
	db, err := op.Apply(channelSum{}, dz)
	return append(grads, db), err
}

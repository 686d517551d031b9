package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ScaleChannels multiplies every channel of every image by a number of its
// own, y[n,c,i,j] = x[n,c,i,j] * s[n,c].
//
//	Input:  x (N, C, H, W), s (N, C)
//	Output: (N, C, H, W)
//
// Hu, Shen and Sun 2017, Squeeze-and-Excitation Networks, arXiv 1709.01507,
// section 3.2.
func ScaleChannels(x, s *gorgonia.Node) (*gorgonia.Node, error) {
	return op.Apply(scaleChannels{}, x, s)
}

type scaleChannels struct{}

func (scaleChannels) Name() string       { return "scale_channels" }
func (scaleChannels) Attributes() string { return "" }
func (o scaleChannels) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := in[0]
	if err := wantImages(o.Name(), "input", x); err != nil {
		return nil, err
	}
	return x.Clone(), wantShape(o.Name(), "scale", in[1], x[0], x[1])
}
func (scaleChannels) Float32(a op.Args[float32]) error { return scaleForward(a) }
func (scaleChannels) Float64(a op.Args[float64]) error { return scaleForward(a) }
func (scaleChannels) Overwrites() []int                { return []int{0} }

func scaleForward[T kernel.Float](a op.Args[T]) error {
	n, c, hw := layout(a.OutShape)
	kernel.ScaleChannel(n, c, hw, a.In[0], a.In[1], a.Out)
	return nil
}

func (scaleChannels) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(scaleChannels{}, grad, in[1])
	if err != nil {
		return nil, err
	}
	ds, err := op.Apply(scaleChannelsGrad{}, in[0], grad)
	return gorgonia.Nodes{dx, ds}, err
}

// scaleChannelsGrad computes ds (N, C) = sum over i,j of x*dy from x and dy.
type scaleChannelsGrad struct{}

func (scaleChannelsGrad) Name() string       { return "scale_channels_grad" }
func (scaleChannelsGrad) Attributes() string { return "" }
func (o scaleChannelsGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x, err := sameShapes(o.Name(), in)
	if err != nil {
		return nil, err
	}
	return x[:2], nil
}
func (scaleChannelsGrad) Float32(a op.Args[float32]) error { return scaleBackward(a) }
func (scaleChannelsGrad) Float64(a op.Args[float64]) error { return scaleBackward(a) }

func scaleBackward[T kernel.Float](a op.Args[T]) error {
	n, c, hw := layout(a.Shapes[0])
	kernel.ScaleChannelBackwardScale(n, c, hw, a.In[0], a.In[1], a.Out)
	return nil
}

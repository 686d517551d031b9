package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// GlobalAvgPool2D is the mean of every channel, without the spatial
// dimensions, as a linear layer or ScaleChannels takes it. (AdaptiveAvgPool2D
// to 1x1 keeps them.)
//
//	Input:  (N, C, H, W)
//	Output: (N, C)
//
// Lin, Chen and Yan 2013, Network In Network, arXiv 1312.4400, section 3.2.
func GlobalAvgPool2D(x *gorgonia.Node) (*gorgonia.Node, error) {
	return op.Apply(globalAvgPool2D{}, x)
}

type globalAvgPool2D struct{}

func (globalAvgPool2D) Name() string       { return "global_avg_pool2d" }
func (globalAvgPool2D) Attributes() string { return "" }
func (o globalAvgPool2D) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantImages(o.Name(), "input", in[0]); err != nil {
		return nil, err
	}
	return tensor.Shape{in[0][0], in[0][1]}, nil
}
func (globalAvgPool2D) Float32(a op.Args[float32]) error { return globalForward(a) }
func (globalAvgPool2D) Float64(a op.Args[float64]) error { return globalForward(a) }

func globalForward[T kernel.Float](a op.Args[T]) error {
	x := a.Shapes[0]
	kernel.AdaptiveAvgPoolForward(x[0], x[1], x[2], x[3], 1, 1, a.In[0], a.Out)
	return nil
}

func (globalAvgPool2D) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	x := in[0].Shape()
	dx, err := op.Apply(adaptiveAvgPool2DGrad{x[2], x[3]}, grad)
	return gorgonia.Nodes{dx}, err
}

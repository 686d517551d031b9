package architectures

import (
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// LeCun, Bottou, Bengio and Haffner 1998, Gradient-Based Learning Applied to
// Document Recognition, Proceedings of the IEEE 86(11), section II.B.
//
// The form that is in use today: images of 28x28 with two pixels of padding
// where the paper has 32x32, every map of the second convolution sees all maps
// of the first, ReLU, max pooling, and a linear output.
var lenet = []Architecture{{
	Name:          "lenet5",
	Title:         "LeNet-5",
	Paper:         "LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition, section II.B",
	Input:         imaging.Shape{Channels: 1, Height: 28, Width: 28},
	MinSize:       12,
	Classes:       10,
	Params:        61_706,
	Normalization: imaging.MNIST(),
	aliases:       []string{"lenet"},
	body:          lenet5,
}}

func lenet5(o Options) (blocks.Block, error) {
	conv := func(out, padding int) blocks.Conv2D {
		return blocks.Conv2D{Out: o.width(out), Kernel: 5, Padding: padding, Init: graph.GlorotUniform, BiasInit: graph.Zeros}
	}
	linear := func(out int) blocks.Linear {
		return blocks.Linear{Out: out, Init: graph.GlorotUniform, BiasInit: graph.Zeros}
	}
	return blocks.Sequence{
		// N x 1 x 28 x 28
		blocks.As("conv1", conv(6, 2)), blocks.As("relu1", o.act()),
		// N x 6 x 28 x 28
		blocks.As("pool1", blocks.MaxPool2D{Kernel: 2}),
		// N x 6 x 14 x 14
		blocks.As("conv2", conv(16, 0)), blocks.As("relu2", o.act()),
		// N x 16 x 10 x 10
		blocks.As("pool2", blocks.MaxPool2D{Kernel: 2}),
		// N x 16 x 5 x 5
		blocks.As("fc1", linear(o.width(120))), blocks.As("relu3", o.act()),
		// N x 120
		blocks.As("fc2", linear(o.width(84))), blocks.As("relu4", o.act()),
		// N x 84
		blocks.As("fc3", linear(o.Classes)),
		// N x classes
	}, nil
}

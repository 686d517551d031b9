package architectures

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"gorgonia.org/gorgonia"
)

// Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep
// Convolutional Neural Networks, NIPS 25, section 3: two towers that meet in
// the third convolution (groups), local response normalisation after the first
// two, overlapping pooling. Section 5 has the initialisation.
//
// The paper speaks of images of 224x224, from which its arithmetic does not
// follow; the authors' program took 227x227. Both work here and give the same
// shapes from the first convolution on.
var alexnetPaper = []Architecture{{
	Name:    "alexnet_paper",
	Title:   "AlexNet (2012)",
	Paper:   "Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep Convolutional Neural Networks, section 3",
	Input:   imaging.Shape{Channels: 3, Height: 227, Width: 227},
	MinSize: 64,
	Classes: 1000,
	Params:  60_965_224,
	// Pixels from 0 to 255, less their mean (section 2).
	Normalization: imaging.Normalization{Mean: imaging.ImageNet().Mean, Std: []float32{1. / 255}},
	aliases:       []string{"alexnet_2012", "caffe_alexnet"},
	body:          alexnetPaperBody,
}}

// alexnetLRN has the paper's constants, alpha being a sum's there and a mean's
// in most frameworks.
var alexnetLRN = blocks.LocalResponseNorm{Size: 5, Alpha: 1e-4, Beta: 0.75, K: 2}

func alexnetPaperBody(o Options) (blocks.Block, error) {
	gaussian := graph.Normal(0.01)
	conv := func(out, kernel, groups int, bias graph.Init) blocks.Conv2D {
		return blocks.Conv2D{Out: o.width(out), Kernel: kernel, Padding: blocks.Same, Groups: groups, Init: gaussian, BiasInit: bias}
	}
	// Biases of 1 feed the activations positive inputs from the start.
	linear := func(out int, bias graph.Init) blocks.Linear {
		return blocks.Linear{Out: out, Init: gaussian, BiasInit: bias}
	}
	pool := blocks.MaxPool2D{Kernel: 3, Stride: 2}
	return blocks.Sequence{
		// N x 3 x 227 x 227
		blocks.As("conv1", alexnetStem(o, gaussian)), blocks.As("relu1", o.act()), blocks.As("norm1", alexnetLRN),
		// N x 96 x 55 x 55
		blocks.As("pool1", pool),
		// N x 96 x 27 x 27
		blocks.As("conv2", conv(256, 5, 2, graph.Ones)), blocks.As("relu2", o.act()), blocks.As("norm2", alexnetLRN),
		// N x 256 x 27 x 27
		blocks.As("pool2", pool),
		// N x 256 x 13 x 13
		blocks.As("conv3", conv(384, 3, 1, graph.Zeros)), blocks.As("relu3", o.act()),
		// N x 384 x 13 x 13
		blocks.As("conv4", conv(384, 3, 2, graph.Ones)), blocks.As("relu4", o.act()),
		// N x 384 x 13 x 13
		blocks.As("conv5", conv(256, 3, 2, graph.Ones)), blocks.As("relu5", o.act()),
		// N x 256 x 13 x 13
		blocks.As("pool5", pool),
		// N x 256 x 6 x 6
		blocks.As("fc6", linear(o.width(4096), graph.Ones)), blocks.As("relu6", o.act()), blocks.As("drop6", o.dropout(0.5)),
		// N x 4096
		blocks.As("fc7", linear(o.width(4096), graph.Ones)), blocks.As("relu7", o.act()), blocks.As("drop7", o.dropout(0.5)),
		// N x 4096
		blocks.As("fc8", linear(o.Classes, graph.Zeros)),
		// N x classes
	}, nil
}

// alexnetStem is the first convolution. Where windows cover the image exactly,
// as at 227x227, it has no padding, elsewhere two pixels, as 224x224 needs.
func alexnetStem(o Options, init graph.Init) blocks.Block {
	return stem(func(h, w int) blocks.Conv2D {
		c := blocks.Conv2D{Out: o.width(96), Kernel: 11, Stride: 4, Init: init, BiasInit: graph.Zeros}
		if (h-c.Kernel)%c.Stride != 0 {
			c.PaddingHW[0] = 2
		}
		if (w-c.Kernel)%c.Stride != 0 {
			c.PaddingHW[1] = 2
		}
		return c
	})
}

// stem is a convolution that depends on the image's size.
type stem func(h, w int) blocks.Conv2D

// Build adds the convolution.
func (f stem) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	shape := x.Shape()
	if len(shape) != 4 {
		return nil, errors.Errorf("conv2d: input has shape %v, want (N, C, H, W)", shape)
	}
	return f(shape[2], shape[3]).Build(s, x)
}

// String describes the convolution without its padding.
func (f stem) String() string { return f(227, 227).String() }

package architectures

import (
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/imaging"
)

// Krizhevsky 2014, One weird trick for parallelizing convolutional neural
// networks, arXiv 1404.5997, section 5, footnote 1: one tower, 64 instead of 96
// maps in the first layer, no response normalisation. This is torchvision's
// network, with its adaptive pooling, names and initialisation (PyTorch's).
var alexnet = []Architecture{{
	Name:          "alexnet",
	Title:         "AlexNet",
	Paper:         "Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks, arXiv 1404.5997, section 5",
	Input:         imaging.Shape{Channels: 3, Height: 224, Width: 224},
	MinSize:       63,
	Classes:       1000,
	Params:        61_100_840,
	Normalization: imaging.ImageNet(),
	body:          alexnetBody,
}}

func alexnetBody(o Options) (blocks.Block, error) {
	conv := func(out, kernel, stride, padding int) blocks.Conv2D {
		return blocks.Conv2D{Out: o.width(out), Kernel: kernel, Stride: stride, Padding: padding}
	}
	pool := blocks.MaxPool2D{Kernel: 3, Stride: 2}
	return blocks.Sequence{
		// N x 3 x 224 x 224
		blocks.As("features", blocks.Sequence{
			conv(64, 11, 4, 2), o.act(),
			// N x 64 x 55 x 55
			pool,
			// N x 64 x 27 x 27
			conv(192, 5, 1, 2), o.act(),
			// N x 192 x 27 x 27
			pool,
			// N x 192 x 13 x 13
			conv(384, 3, 1, 1), o.act(),
			// N x 384 x 13 x 13
			conv(256, 3, 1, 1), o.act(),
			// N x 256 x 13 x 13
			conv(256, 3, 1, 1), o.act(),
			// N x 256 x 13 x 13
			pool,
		}),
		// N x 256 x 6 x 6
		blocks.As("avgpool", blocks.AdaptiveAvgPool2D{Out: 6}),
		// N x 256 x 6 x 6
		blocks.As("classifier", blocks.Sequence{
			o.dropout(0.5), blocks.Linear{Out: o.width(4096)}, o.act(),
			// N x 4096
			o.dropout(0.5), blocks.Linear{Out: o.width(4096)}, o.act(),
			// N x 4096
			blocks.Linear{Out: o.Classes},
			// N x classes
		}),
	}, nil
}

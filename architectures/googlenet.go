package architectures

import (
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// Szegedy et al. 2014, Going Deeper with Convolutions, arXiv 1409.4842, table 1,
// as torchvision has it: batch norm after every convolution, 3x3 convolutions
// where the paper has 5x5, adaptive pooling in the auxiliary heads, no local
// response normalisation. Images are normalised like those of its other
// networks: the transformation of the input that belongs to its published
// weights is not part of the network here.
var googlenet = []Architecture{{
	Name:          "googlenet",
	Title:         "GoogLeNet with batch norm",
	Paper:         "Szegedy et al. 2014, Going Deeper with Convolutions, arXiv 1409.4842, table 1",
	Input:         imaging.Shape{Channels: 3, Height: 224, Width: 224},
	MinSize:       15,
	Classes:       1000,
	Params:        13_004_888,
	Normalization: imaging.ImageNet(),
	aliases:       []string{"inception_v1"},
	body:          googlenetBody,
}}

// inceptions are the rows of the paper's table 1.
var inceptions = map[string]blocks.Inception{
	"3a": {Out1: 64, Reduce3: 96, Out3: 128, Reduce5: 16, Out5: 32, OutPool: 32},
	"3b": {Out1: 128, Reduce3: 128, Out3: 192, Reduce5: 32, Out5: 96, OutPool: 64},
	"4a": {Out1: 192, Reduce3: 96, Out3: 208, Reduce5: 16, Out5: 48, OutPool: 64},
	"4b": {Out1: 160, Reduce3: 112, Out3: 224, Reduce5: 24, Out5: 64, OutPool: 64},
	"4c": {Out1: 128, Reduce3: 128, Out3: 256, Reduce5: 24, Out5: 64, OutPool: 64},
	"4d": {Out1: 112, Reduce3: 144, Out3: 288, Reduce5: 32, Out5: 64, OutPool: 64},
	"4e": {Out1: 256, Reduce3: 160, Out3: 320, Reduce5: 32, Out5: 128, OutPool: 128},
	"5a": {Out1: 256, Reduce3: 160, Out3: 320, Reduce5: 32, Out5: 128, OutPool: 128},
	"5b": {Out1: 384, Reduce3: 192, Out3: 384, Reduce5: 48, Out5: 128, OutPool: 128},
}

func googlenetBody(o Options) (blocks.Block, error) {
	norm := o.norm(blocks.BatchNorm{Eps: 1e-3})
	init := graph.TruncatedNormal(0.01, -2, 2)
	conv := func(name string, out, kernel, stride int) blocks.Block {
		return blocks.As(name, blocks.ConvNorm{
			Out: out, Kernel: kernel, Stride: stride, Padding: blocks.Same, Norm: norm, Act: o.Act, Init: init,
		})
	}
	inception := func(name string) blocks.Block {
		m := inceptions[name]
		m.Kernel5, m.Norm, m.Act, m.Init = 3, norm, o.Act, init
		return blocks.As("inception"+name, m)
	}
	head := blocks.AuxHead{
		Classes: o.Classes, Pool: blocks.AdaptiveAvgPool2D{Out: 4}, Norm: norm, Act: o.Act, Dropout: o.Dropout, Init: init,
	}
	pool := blocks.MaxPool2D{Kernel: 3, Stride: 2, CeilMode: true}
	return blocks.Sequence{
		// N x 3 x 224 x 224
		conv("conv1", 64, 7, 2),
		// N x 64 x 112 x 112
		blocks.As("maxpool1", pool),
		// N x 64 x 56 x 56
		conv("conv2", 64, 1, 1),
		// N x 64 x 56 x 56
		conv("conv3", 192, 3, 1),
		// N x 192 x 56 x 56
		blocks.As("maxpool2", pool),
		// N x 192 x 28 x 28
		inception("3a"),
		// N x 256 x 28 x 28
		inception("3b"),
		// N x 480 x 28 x 28
		blocks.As("maxpool3", pool),
		// N x 480 x 14 x 14
		inception("4a"),
		// N x 512 x 14 x 14
		blocks.As("aux1", head),
		inception("4b"),
		// N x 512 x 14 x 14
		inception("4c"),
		// N x 512 x 14 x 14
		inception("4d"),
		// N x 528 x 14 x 14
		blocks.As("aux2", head),
		inception("4e"),
		// N x 832 x 14 x 14
		blocks.As("maxpool4", blocks.MaxPool2D{Kernel: 2, Stride: 2, CeilMode: true}),
		// N x 832 x 7 x 7
		inception("5a"),
		// N x 832 x 7 x 7
		inception("5b"),
		// N x 1024 x 7 x 7
		blocks.As("avgpool", blocks.AdaptiveAvgPool2D{Out: 1}),
		// N x 1024 x 1 x 1
		blocks.As("flatten", blocks.Flatten{}),
		// N x 1024
		blocks.As("dropout", o.dropout(0.2)),
		// N x 1024
		blocks.As("fc", blocks.Linear{Out: o.Classes, Init: init}),
		// N x classes
	}, nil
}

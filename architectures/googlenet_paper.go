package architectures

import (
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// Szegedy et al. 2014, Going Deeper with Convolutions, arXiv 1409.4842, table 1
// and section 5: biases and no norms but local response normalisation, 5x5
// convolutions, auxiliary heads of 5x5 average pooling behind inception (4a)
// and (4d).
//
// The paper does not say how it starts; Glorot and Bengio's weights with biases
// of 0.2 are those of the reproduction in Caffe.
var googlenetPaper = []Architecture{{
	Name:          "googlenet_paper",
	Title:         "GoogLeNet (2014)",
	Paper:         "Szegedy et al. 2014, Going Deeper with Convolutions, arXiv 1409.4842, table 1 and section 5",
	Input:         imaging.Shape{Channels: 3, Height: 224, Width: 224},
	MinSize:       79,
	Classes:       1000,
	Params:        13_378_280,
	Normalization: imaging.ImageNet(),
	aliases:       []string{"googlenet_2014"},
	body:          googlenetPaperBody,
}}

func googlenetPaperBody(o Options) (blocks.Block, error) {
	init, bias := graph.Init(graph.GlorotUniform), graph.Constant(0.2)
	conv := func(out, kernel, stride int) blocks.Conv2D {
		return blocks.Conv2D{Out: o.width(out), Kernel: kernel, Stride: stride, Padding: blocks.Same, Init: init, BiasInit: bias}
	}
	inception := func(name string) blocks.Block {
		m := inceptions[name]
		m.Act, m.Init, m.BiasInit = o.Act, init, bias
		return blocks.As("inception"+name, m)
	}
	head := blocks.AuxHead{Classes: o.Classes, Act: o.Act, Dropout: o.Dropout, Init: init, BiasInit: bias}
	pool := blocks.MaxPool2D{Kernel: 3, Stride: 2, CeilMode: true}
	norm := blocks.LocalResponseNorm{Size: 5, Alpha: 1e-4, Beta: 0.75, K: 1}
	return blocks.Sequence{
		// N x 3 x 224 x 224
		blocks.As("conv1", conv(64, 7, 2)), blocks.As("relu1", o.act()),
		// N x 64 x 112 x 112
		blocks.As("pool1", pool), blocks.As("norm1", norm),
		// N x 64 x 56 x 56
		blocks.As("conv2_reduce", conv(64, 1, 1)), blocks.As("relu2_reduce", o.act()),
		// N x 64 x 56 x 56
		blocks.As("conv2", conv(192, 3, 1)), blocks.As("relu2", o.act()),
		// N x 192 x 56 x 56
		blocks.As("norm2", norm), blocks.As("pool2", pool),
		// N x 192 x 28 x 28
		inception("3a"),
		// N x 256 x 28 x 28
		inception("3b"),
		// N x 480 x 28 x 28
		blocks.As("pool3", pool),
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
		blocks.As("pool4", pool),
		// N x 832 x 7 x 7
		inception("5a"),
		// N x 832 x 7 x 7
		inception("5b"),
		// N x 1024 x 7 x 7
		blocks.As("avgpool", blocks.GlobalAvgPool2D{}),
		// N x 1024
		blocks.As("dropout", o.dropout(0.4)),
		// N x 1024
		blocks.As("fc", blocks.Linear{Out: o.Classes, Init: init, BiasInit: bias}),
		// N x classes
	}, nil
}

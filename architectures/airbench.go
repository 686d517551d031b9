package architectures

import (
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// Jordan 2024, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv
// 2404.00498, section 2: a small network that learns CIFAR-10 in ten epochs.
// Its first convolution is meant to whiten the image: see trainer.Whiten, which
// sets the filters; the recipe cifar10-fast keeps them and trains the bias for
// three epochs. Batch norms have no scale, and the outputs are a ninth of the
// last layer's.
var airbench = []Architecture{{
	Name:          "airbench94",
	Title:         "airbench94",
	Paper:         "Jordan 2024, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv 2404.00498, section 2",
	Input:         imaging.Shape{Channels: 3, Height: 32, Width: 32},
	MinSize:       25,
	Classes:       10,
	Params:        1_971_640,
	Normalization: imaging.CIFAR10(),
	act:           activations.GELU{},
	body:          airbench94,
}}

func airbench94(o Options) (blocks.Block, error) {
	norm := o.Norm
	if norm == nil {
		norm = blocks.BatchNorm{Eps: 1e-12, Momentum: 0.4, NoScale: true}
	}
	group := func(out int) blocks.Sequence {
		conv := blocks.Conv2D{Out: o.width(out), Kernel: 3, Padding: 1, NoBias: true, Init: graph.Dirac(nil)}
		return blocks.Sequence{
			blocks.As("conv1", conv), blocks.As("pool", blocks.MaxPool2D{Kernel: 2}),
			blocks.As("norm1", norm), blocks.As("act1", o.act()),
			blocks.As("conv2", conv), blocks.As("norm2", norm), blocks.As("act2", o.act()),
		}
	}
	return blocks.Sequence{
		// N x 3 x 32 x 32
		blocks.As("whiten", blocks.Conv2D{Out: o.width(24), Kernel: 2, BiasInit: graph.Zeros}), blocks.As("act", o.act()),
		// N x 24 x 31 x 31
		blocks.As("group1", group(64)),
		// N x 64 x 15 x 15
		blocks.As("group2", group(256)),
		// N x 256 x 7 x 7
		blocks.As("group3", group(256)),
		// N x 256 x 3 x 3
		blocks.As("pool", blocks.MaxPool2D{Kernel: 3}),
		// N x 256 x 1 x 1
		blocks.As("fc", blocks.Linear{Out: o.Classes, NoBias: true}),
		blocks.As("scale", blocks.Scale{Factor: 1.0 / 9}),
		// N x classes
	}, nil
}

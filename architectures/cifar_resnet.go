package architectures

import (
	"fmt"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// He, Zhang, Ren and Sun 2015, Deep Residual Learning for Image Recognition,
// arXiv 1512.03385, section 4.2: 6n+2 layers for images of 32x32, shortcuts
// without parameters (option A), and the plain networks without shortcuts that
// the paper compares them with. Initialisation by He et al. 2015, arXiv
// 1502.01852.
var cifarResNet = []Architecture{
	cifarNet(20, false, 269_722), cifarNet(32, false, 464_154), cifarNet(44, false, 658_586),
	cifarNet(56, false, 853_018), cifarNet(110, false, 1_727_962),
	cifarNet(20, true, 269_722), cifarNet(32, true, 464_154), cifarNet(44, true, 658_586), cifarNet(56, true, 853_018),
}

func cifarNet(depth int, plain bool, params int) Architecture {
	name, title := "resnet", "ResNet"
	if plain {
		name, title = "plain", "Plain"
	}
	return Architecture{
		Name:          fmt.Sprintf("cifar_%s%d", name, depth),
		Title:         fmt.Sprintf("%s-%d for CIFAR", title, depth),
		Paper:         "He et al. 2015, Deep Residual Learning for Image Recognition, arXiv 1512.03385, section 4.2",
		Input:         imaging.Shape{Channels: 3, Height: 32, Width: 32},
		MinSize:       1,
		Classes:       10,
		Params:        params,
		Normalization: imaging.CIFAR10(),
		aliases:       []string{fmt.Sprintf("%s%d", name, depth)},
		residual:      !plain,
		body:          func(o Options) (blocks.Block, error) { return cifarBody(o, (depth-2)/6, plain), nil },
	}
}

// cifarBody has n units of two convolutions at each of three sizes.
func cifarBody(o Options, n int, plain bool) blocks.Block {
	shortcut := blocks.IdentityPadding
	if plain {
		shortcut = blocks.NoShortcut
	}
	built := 0
	units := func(out, stride int) blocks.Sequence {
		unit := blocks.Residual{
			Out: out, Act: o.Act, Norm: o.Norm, Shortcut: shortcut, Init: graph.HeNormal,
		}
		stage := blocks.Repeat(n, unit)
		unit.Stride = stride
		stage[0] = unit
		for i := range stage {
			built++
			r := stage[i].(blocks.Residual)
			r.StochasticDepth = o.StochasticDepth * (float64(built) / float64(3*n))
			stage[i] = r
		}
		return stage
	}
	return blocks.Sequence{
		// N x 3 x 32 x 32
		blocks.As("", blocks.ConvNorm{
			Out: 16, Kernel: 3, Padding: 1, Norm: o.Norm, Act: o.Act,
			Init: graph.HeNormal, Names: blocks.Names{Conv: "conv1", Norm: "bn1", Act: "relu"},
		}),
		// N x 16 x 32 x 32
		blocks.As("layer1", units(16, 1)),
		// N x 16 x 32 x 32
		blocks.As("layer2", units(32, 2)),
		// N x 32 x 16 x 16
		blocks.As("layer3", units(64, 2)),
		// N x 64 x 8 x 8
		blocks.As("avgpool", blocks.GlobalAvgPool2D{}),
		// N x 64
		blocks.As("fc", blocks.Linear{Out: o.Classes, Init: graph.HeNormal, BiasInit: graph.Zeros}),
		// N x classes
	}
}

package architectures

import (
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// Sandler, Howard, Zhu, Zhmoginov and Chen 2018, MobileNetV2: Inverted Residuals
// and Linear Bottlenecks, arXiv 1801.04381, table 2. The forms of other widths
// are section 6.1's. Names, initialisation and the rounding of widths are
// torchvision's.
var mobileNetV2 = []Architecture{
	mobileNetV2Net("mobilenet_v2", "MobileNetV2", 1, 3_504_872),
	mobileNetV2Net("mobilenet_v2_x0_5", "MobileNetV2 of half the width", 0.5, 1_968_680),
	mobileNetV2Net("mobilenet_v2_x1_4", "MobileNetV2 of 1.4 times the width", 1.4, 6_108_776),
}

// mobileNetV2Groups are the groups of units: channels inside over channels of
// the input, channels out, units, stride of the first.
var mobileNetV2Groups = [...]struct{ expansion, out, units, stride int }{
	{1, 16, 1, 1},
	{6, 24, 2, 2},
	{6, 32, 3, 2},
	{6, 64, 4, 2},
	{6, 96, 3, 1},
	{6, 160, 3, 2},
	{6, 320, 1, 1},
}

func mobileNetV2Net(name, title string, width float64, params int) Architecture {
	return Architecture{
		Name:          name,
		Title:         title,
		Paper:         "Sandler et al. 2018, MobileNetV2: Inverted Residuals and Linear Bottlenecks, arXiv 1801.04381, table 2",
		Input:         imaging.Shape{Channels: 3, Height: 224, Width: 224},
		MinSize:       1,
		Classes:       1000,
		Params:        params,
		Normalization: imaging.ImageNet(),
		residual:      true,
		act:           activations.ReLU6{},
		body:          func(o Options) (blocks.Block, error) { return mobileNetV2Body(o, width), nil },
	}
}

// byEight is a width rounded to a multiple of 8, upwards where rounding down
// would take more than a tenth.
func byEight(width float64) int {
	n := max(8, int(width+4)/8*8)
	if float64(n) < 0.9*width {
		n += 8
	}
	return n
}

func mobileNetV2Body(o Options, width float64) blocks.Block {
	conv := func(out, kernel, stride int) blocks.Block {
		return blocks.ConvNorm{
			Out: out, Kernel: kernel, Stride: stride, Padding: blocks.Same, Norm: o.Norm, Act: o.Act,
			Init: graph.HeNormalFanOut, Names: blocks.Names{Conv: "0", Norm: "1", Act: "2"},
		}
	}
	sums, before := 0, 0 // units with a sum, which stochastic depth may drop
	for _, g := range mobileNetV2Groups {
		sums += g.units - 1
	}
	// N x 3 x 224 x 224
	features := blocks.Sequence{conv(byEight(32*width), 3, 2)}
	// N x 32 x 112 x 112
	for _, g := range mobileNetV2Groups {
		for u := range g.units {
			r := blocks.InvertedResidual{
				Out: byEight(float64(g.out) * width), Expansion: g.expansion, Act: o.Act, Norm: o.Norm, Init: graph.HeNormalFanOut,
			}
			if u == 0 {
				r.Stride = g.stride
			} else {
				before++
				r.StochasticDepth = o.StochasticDepth * (float64(before) / float64(sums))
			}
			features = append(features, r)
		}
		// N x 16 x 112 x 112
		// N x 24 x 56 x 56
		// N x 32 x 28 x 28
		// N x 64 x 14 x 14
		// N x 96 x 14 x 14
		// N x 160 x 7 x 7
		// N x 320 x 7 x 7
	}
	return blocks.Sequence{
		blocks.As("features", append(features, conv(byEight(1280*max(1, width)), 1, 1))),
		// N x 1280 x 7 x 7
		blocks.As("avgpool", blocks.AdaptiveAvgPool2D{Out: 1}),
		// N x 1280 x 1 x 1
		blocks.As("classifier", blocks.Sequence{
			o.dropout(0.2),
			blocks.Linear{Out: o.Classes, Init: graph.Normal(0.01), BiasInit: graph.Zeros},
			// N x classes
		}),
	}
}

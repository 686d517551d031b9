package architectures

import (
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// He, Zhang, Ren and Sun 2015, Deep Residual Learning for Image Recognition,
// arXiv 1512.03385, table 1. The bottleneck's stride is in its 3x3 convolution.
//
// Xie, Girshick, Dollár, Tu and He 2016, Aggregated Residual Transformations
// for Deep Neural Networks, arXiv 1611.05431, table 1: the 3x3 convolution has
// groups. Zagoruyko and Komodakis 2016, Wide Residual Networks, arXiv
// 1605.07146, section 3.2: it has twice the width.
//
// Names and initialisation (He et al. 2015, arXiv 1502.01852, by fan-out) are
// torchvision's.
var resnet = []Architecture{
	residual("resnet18", "ResNet-18", heResNet, 11_689_512, stages{units: [4]int{2, 2, 2, 2}}),
	residual("resnet34", "ResNet-34", heResNet, 21_797_672, stages{units: [4]int{3, 4, 6, 3}}),
	residual("resnet50", "ResNet-50", heResNet, 25_557_032, stages{units: [4]int{3, 4, 6, 3}, width: 64, groups: 1}),
	residual("resnet101", "ResNet-101", heResNet, 44_549_160, stages{units: [4]int{3, 4, 23, 3}, width: 64, groups: 1}),
	residual("resnet152", "ResNet-152", heResNet, 60_192_808, stages{units: [4]int{3, 8, 36, 3}, width: 64, groups: 1}),
	residual("resnext50_32x4d", "ResNeXt-50 32x4d", xieResNeXt, 25_028_904, stages{units: [4]int{3, 4, 6, 3}, width: 128, groups: 32}, "resnext50"),
	residual("resnext101_32x8d", "ResNeXt-101 32x8d", xieResNeXt, 88_791_336, stages{units: [4]int{3, 4, 23, 3}, width: 256, groups: 32}, "resnext101"),
	residual("wide_resnet50_2", "Wide ResNet-50-2", wideResNet, 68_883_240, stages{units: [4]int{3, 4, 6, 3}, width: 128, groups: 1}, "wide_resnet50"),
	residual("wide_resnet101_2", "Wide ResNet-101-2", wideResNet, 126_886_696, stages{units: [4]int{3, 4, 23, 3}, width: 128, groups: 1}, "wide_resnet101"),
}

const (
	heResNet   = "He et al. 2015, Deep Residual Learning for Image Recognition, arXiv 1512.03385, table 1"
	xieResNeXt = "Xie et al. 2016, Aggregated Residual Transformations for Deep Neural Networks, arXiv 1611.05431, table 1"
	wideResNet = "Zagoruyko and Komodakis 2016, Wide Residual Networks, arXiv 1605.07146, section 3.2"
)

// stages is what sets one residual network apart from another.
type stages struct {
	units  [4]int
	width  int // of the first stage's bottlenecks; 0 means units of two convolutions
	groups int // of their 3x3 convolutions
}

func residual(name, title, paper string, params int, st stages, aliases ...string) Architecture {
	return Architecture{
		Name:          name,
		Title:         title,
		Paper:         paper,
		Input:         imaging.Shape{Channels: 3, Height: 224, Width: 224},
		MinSize:       1,
		Classes:       1000,
		Params:        params,
		Normalization: imaging.ImageNet(),
		aliases:       aliases,
		residual:      true,
		body:          func(o Options) (blocks.Block, error) { return resnetBody(o, st), nil },
	}
}

func resnetBody(o Options, st stages) blocks.Block {
	net := blocks.Sequence{
		// N x 3 x 224 x 224
		blocks.As("", blocks.ConvNorm{
			Out: 64, Kernel: 7, Stride: 2, Padding: 3, Norm: o.Norm, Act: o.Act,
			Init: graph.HeNormalFanOut, Names: blocks.Names{Conv: "conv1", Norm: "bn1", Act: "relu"},
		}),
		// N x 64 x 112 x 112
		blocks.As("maxpool", blocks.MaxPool2D{Kernel: 3, Stride: 2, Padding: 1}),
		// N x 64 x 56 x 56
	}
	for i, units := range st.units {
		net = append(net, blocks.As(number("layer", i+1), st.stage(o, i, units)))
		// N x 64 or 256 x 56 x 56
		// N x 128 or 512 x 28 x 28
		// N x 256 or 1024 x 14 x 14
		// N x 512 or 2048 x 7 x 7
	}
	return append(net,
		blocks.As("avgpool", blocks.AdaptiveAvgPool2D{Out: 1}),
		// N x 512 or 2048 x 1 x 1
		blocks.As("fc", blocks.Linear{Out: o.Classes}),
		// N x classes
	)
}

// stage is the i-th group of units, whose first one halves the image unless it
// is the network's first.
func (st stages) stage(o Options, i, units int) blocks.Sequence {
	var stage blocks.Sequence
	before, all := 0, 0
	for k, n := range st.units {
		if all += n; k < i {
			before += n
		}
	}
	for u := range units {
		depth := o.StochasticDepth * (float64(before+u+1) / float64(all))
		stride := 1
		if i > 0 && u == 0 {
			stride = 2
		}
		if st.width == 0 {
			stage = append(stage, blocks.Residual{
				Out: 64 << i, Stride: stride, Act: o.Act, Norm: o.Norm, Init: graph.HeNormalFanOut, StochasticDepth: depth,
			})
			continue
		}
		// A bottleneck's first unit of the first stage widens from 64 to 256.
		stage = append(stage, blocks.Bottleneck{
			Out: 256 << i, Width: st.width << i, Groups: st.groups, Stride: stride, Act: o.Act, Norm: o.Norm, Init: graph.HeNormalFanOut, StochasticDepth: depth,
		})
	}
	return stage
}

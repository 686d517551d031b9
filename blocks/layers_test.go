package blocks_test

import (
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
)

func TestLayers(t *testing.T) {
	checkAll(t, []one{
		{"conv", blocks.Conv2D{Out: 6, Kernel: 3, Stride: 2, Padding: 1, Groups: 2}, []int{2, 4, 5, 6}, []int{2, 6, 3, 3},
			[]string{"weight 6x2x3x3", "bias 6"}, "Conv2D 3x3, 6, stride 2, padding 1, groups 2"},
		{"conv rectangle", blocks.Conv2D{Out: 3, KernelHW: [2]int{1, 5}, StrideHW: [2]int{1, 2}, Padding: blocks.Same, NoBias: true}, []int{2, 2, 4, 6}, []int{2, 3, 4, 3},
			[]string{"weight 3x2x1x5"}, "Conv2D 1x5, 3, stride 1x2, same padding, no bias"},
		{"conv dilation", blocks.Conv2D{Out: 3, Kernel: 3, Dilation: 2, Padding: blocks.Same}, []int{2, 2, 6, 6}, []int{2, 3, 6, 6},
			[]string{"weight 3x2x3x3", "bias 3"}, "Conv2D 3x3, 3, same padding, dilation 2"},
		{"conv one side padded", blocks.Conv2D{Out: 2, Kernel: 3, PaddingHW: [2]int{0, 1}}, []int{2, 1, 4, 4}, []int{2, 2, 2, 4},
			[]string{"weight 2x1x3x3", "bias 2"}, "Conv2D 3x3, 2, padding 0x1"},
		{"linear", blocks.Linear{Out: 4}, []int{3, 5}, []int{3, 4}, []string{"weight 4x5", "bias 4"}, "Linear 4"},
		{"linear on images", blocks.Linear{Out: 4, NoBias: true}, []int{3, 2, 2, 2}, []int{3, 4}, []string{"weight 4x8"}, "Linear 4, no bias"},
		{"batch norm", blocks.BatchNorm{}, []int{3, 2, 2, 2}, []int{3, 2, 2, 2}, []string{"weight 2", "bias 2"}, "BatchNorm"},
		{"batch norm flat", blocks.BatchNorm{Eps: 1e-3, Momentum: 0.01}, []int{4, 3}, []int{4, 3}, []string{"weight 3", "bias 3"}, "BatchNorm eps 0.001, momentum 0.01"},
		{"local response norm", blocks.LocalResponseNorm{Size: 3, Alpha: 0.5}, []int{2, 4, 2, 2}, []int{2, 4, 2, 2}, nil, "LocalResponseNorm 3, alpha 0.5, beta 0.75, k 2"},
		{"max pool", blocks.MaxPool{Kernel: 3, Stride: 2, Ceil: true}, []int{2, 2, 6, 6}, []int{2, 2, 3, 3}, nil, "MaxPool 3x3, stride 2, ceil"},
		{"max pool default stride", blocks.MaxPool{Kernel: 2}, []int{2, 2, 6, 7}, []int{2, 2, 3, 3}, nil, "MaxPool 2x2"},
		{"max pool same", blocks.MaxPool{Kernel: 3, Stride: 1, Padding: blocks.Same}, []int{2, 2, 4, 4}, []int{2, 2, 4, 4}, nil, "MaxPool 3x3, stride 1, same padding"},
		{"avg pool", blocks.AvgPool{KernelHW: [2]int{3, 2}, Stride: 1, PaddingHW: [2]int{1, 1}, ExcludePad: true}, []int{2, 2, 4, 4}, []int{2, 2, 4, 5}, nil,
			"AvgPool 3x2, stride 1, padding 1, padding excluded"},
		{"adaptive pool", blocks.AdaptiveAvgPool{OutHW: [2]int{2, 3}}, []int{2, 2, 5, 5}, []int{2, 2, 2, 3}, nil, "AdaptiveAvgPool to 2x3"},
		{"global pool", blocks.GlobalAveragePool{}, []int{2, 3, 4, 4}, []int{2, 3}, nil, "GlobalAveragePool"},
		{"flatten", blocks.Flatten{}, []int{2, 3, 2, 2}, []int{2, 12}, nil, "Flatten"},
		{"dropout", blocks.Dropout{P: 0.5}, []int{2, 3, 2, 2}, []int{2, 3, 2, 2}, nil, "Dropout 0.5"},
		{"identity", blocks.Identity{}, []int{2, 3}, []int{2, 3}, nil, "Identity"},
		{"activation", blocks.Act{Func: activations.ELU(1)}, []int{2, 3}, []int{2, 3}, nil, "elu:1"},
		{"no activation", blocks.Act{}, []int{2, 3}, []int{2, 3}, nil, "identity"},
		{"learned activation", blocks.Act{Func: activations.PReLU{Channelwise: true}}, []int{2, 3, 2, 2}, []int{2, 3, 2, 2}, []string{"weight 3"}, "prelu:channelwise"},
		{"maxout", blocks.Act{Func: activations.Maxout(2)}, []int{2, 6}, []int{2, 3}, nil, "maxout:2"},
	})
}

func TestLayersRefuse(t *testing.T) {
	image, flat := []int{2, 4, 6, 6}, []int{2, 8}
	for _, c := range []struct {
		block blocks.Block
		in    []int
		want  string
	}{
		{blocks.Conv2D{Kernel: 3}, image, "conv2d: Out = 0, want the number of output channels"},
		{blocks.Conv2D{Out: 3}, image, "conv2d: kernel is 0x0, want at least 1x1: set Kernel or KernelHW"},
		{blocks.Conv2D{Out: 3, Kernel: 3}, flat, "conv2d: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.Conv2D{Out: 6, Kernel: 3, Groups: 3}, image, "conv2d: input has 4 channels, groups = 3 does not divide it"},
		{blocks.Conv2D{Out: 5, Kernel: 3, Groups: 2}, image, "conv2d: Out = 5 channels, groups = 2 does not divide it"},
		{blocks.Conv2D{Out: 5, Kernel: 2, Padding: blocks.Same}, image, "conv2d: padding Same with kernel 2x2 and dilation 1x1: want an odd kernel"},
		{blocks.Conv2D{Out: 5, Kernel: 7}, image, "conv2d: input is 6x6, kernel 7x7 with padding 0x0 and dilation 1x1 does not fit"},
		{blocks.Linear{}, flat, "linear: Out = 0, want the number of output features"},
		{blocks.BatchNorm{Eps: -1}, flat, "batch_norm: Eps = -1, want more than 0"},
		{blocks.BatchNorm{Momentum: 2}, flat, "batch_norm: Momentum = 2, want at most 1 and more than 0"},
		{blocks.LocalResponseNorm{Size: -1}, image, "local_response_norm: Size = -1, want at least 1"},
		{blocks.MaxPool{}, image, "max_pool2d: kernel is 0x0, want at least 1x1: set Kernel or KernelHW"},
		{blocks.AvgPool{Kernel: 2, Padding: blocks.Same}, image, "avg_pool2d: padding Same with kernel 2x2 and dilation 1x1: want an odd kernel"},
		{blocks.AdaptiveAvgPool{}, image, "adaptive_avg_pool2d: output is 0x0, want at least 1x1: set Out or OutHW"},
		{blocks.Dropout{P: 1}, flat, "dropout: P = 1, want a probability in [0, 1)"},
		{blocks.Act{Func: activations.Maxout(3)}, flat, "maxout: input has 8 channels, pieces = 3 does not divide it"},
		{blocks.Sequence{blocks.As("layer2", blocks.Sequence{blocks.Identity{}, fails})}, flat, "layer2.1: linear: Out = 0, want the number of output features"},
		{blocks.Sequence{nil}, flat, `block "0" is nil`},
		{blocks.Parallel{}, flat, "parallel: no branches"},
		{blocks.Sum{}, flat, "sum: Body is nil, want a block"},
		{blocks.Sum{Body: blocks.Linear{Out: 3}}, flat, "residual sum: body gives (2, 3), shortcut (2, 8): want equal shapes"},
		{blocks.Residual{}, image, "residual unit: Out = 0, want the number of output channels"},
		{blocks.Residual{Out: 4, Stride: -1}, image, "residual unit: Stride = -1, want at least 1"},
		{blocks.Residual{Out: 4}, flat, "residual unit: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.Residual{Out: 2, Shortcut: blocks.IdentityPadding}, image, "downsample: identity padding: input has 4 channels, cannot become 2: use Projection"},
		{blocks.As("u", blocks.Bottleneck{Out: 2}), image, "u: bottleneck: Out = 2, Width = 0: want at least one channel inside"},
		{blocks.Bottleneck{Out: 8, Width: 3, Groups: 2}, image, "conv2: conv2d: input has 3 channels, groups = 2 does not divide it"},
	} {
		refuse(t, c.block, c.in, c.want)
	}
}

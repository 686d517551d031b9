package blocks_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

func TestUpsampling(t *testing.T) {
	checkAll(t, []one{
		{"transposed", blocks.ConvTranspose2D{Out: 4, Kernel: 3, Stride: 2, Padding: 1, OutputPadding: 1, Groups: 2}, []int{2, 2, 3, 3}, []int{2, 4, 6, 6},
			[]string{"weight 2x2x3x3", "bias 4"}, "ConvTranspose2D 3x3, 4, stride 2, padding 1, output padding 1, groups 2"},
		{"transposed rectangle", blocks.ConvTranspose2D{Out: 2, Kernel: 3, KernelHW: [2]int{0, 4}, StrideHW: [2]int{2, 1}, PaddingHW: [2]int{1, 0}, OutputPaddingHW: [2]int{1, 0}, DilationHW: [2]int{1, 2}},
			[]int{2, 2, 3, 3}, []int{2, 2, 6, 9}, []string{"weight 2x2x3x4", "bias 2"}, "ConvTranspose2D 3x4, 2, stride 2x1, padding 1x0, output padding 1x0, dilation 1x2"},
		{"named", blocks.UpsampleConv{Out: 1, Names: blocks.Names{Conv: "0", Norm: "1"}}, []int{2, 2, 3, 3}, []int{2, 1, 6, 6}, []string{"0.weight 2x1x4x4", "1.weight 1", "1.bias 1"},
			"UpsampleConv 1, scale 2, leaky_relu:0.2"},
		{"twice", blocks.UpsampleConv{Out: 3}, []int{2, 2, 3, 4}, []int{2, 3, 6, 8}, []string{"conv.weight 2x3x4x4", "bn.weight 3", "bn.bias 3"}, "UpsampleConv 3, scale 2, leaky_relu:0.2"},
		{"thrice", blocks.UpsampleConv{Out: 3, Scale: 3, Norm: blocks.Identity{}, Act: activations.Tanh{}}, []int{2, 2, 3, 4}, []int{2, 3, 9, 12},
			[]string{"conv.weight 2x3x5x5", "conv.bias 3"}, "UpsampleConv 3, scale 3, no norm, tanh"},
		{"maxout", blocks.UpsampleConv{Out: 3, Act: activations.Maxout{Pieces: 2}}, []int{2, 2, 3, 3}, []int{2, 3, 6, 6}, []string{"conv.weight 2x6x4x4", "bn.weight 6", "bn.bias 6"},
			"UpsampleConv 3, scale 2, maxout:2"},
	})
}

func TestInception(t *testing.T) {
	in := []int{2, 3, 5, 5}
	norm := func(name, shape string) []string {
		out := strings.SplitN(shape, "x", 2)[0]
		return []string{name + ".conv.weight " + shape, name + ".bn.weight " + out, name + ".bn.bias " + out}
	}
	var names []string
	for _, n := range [][]string{norm("branch1", "2x3x1x1"), norm("branch2.0", "1x3x1x1"), norm("branch2.1", "3x1x3x3"), norm("branch3.0", "2x3x1x1"), norm("branch3.1", "4x2x3x3"), norm("branch4.1", "1x3x1x1")} {
		names = append(names, n...)
	}
	checkAll(t, []one{
		{"paper", blocks.Inception{Out1: 2, Reduce3: 1, Out3: 3, Reduce5: 2, Out5: 4, OutPool: 1}, in, []int{2, 10, 5, 5},
			[]string{"branch1.weight 2x3x1x1", "branch1.bias 2", "branch2_reduce.weight 1x3x1x1", "branch2_reduce.bias 1", "branch2.weight 3x1x3x3", "branch2.bias 3",
				"branch3_reduce.weight 2x3x1x1", "branch3_reduce.bias 2", "branch3.weight 4x2x5x5", "branch3.bias 4", "branch4.weight 1x3x1x1", "branch4.bias 1"},
			"Inception 2, 1-3, 2-4, 1"},
		{"paper with elu", blocks.Inception{Out1: 1, Reduce3: 1, Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1, Act: activations.ELU{Alpha: 1}}, in, []int{2, 4, 5, 5},
			[]string{"branch1.weight 1x3x1x1", "branch1.bias 1", "branch2_reduce.weight 1x3x1x1", "branch2_reduce.bias 1", "branch2.weight 1x1x3x3", "branch2.bias 1",
				"branch3_reduce.weight 1x3x1x1", "branch3_reduce.bias 1", "branch3.weight 1x1x5x5", "branch3.bias 1", "branch4.weight 1x3x1x1", "branch4.bias 1"},
			"Inception 1, 1-1, 1-1, 1, elu:1"},
		{"norm", blocks.Inception{Out1: 2, Reduce3: 1, Out3: 3, Reduce5: 2, Out5: 4, OutPool: 1, Kernel5: 3, Norm: blocks.BatchNorm{}}, in, []int{2, 10, 5, 5}, names, "Inception 2, 1-3, 2-4, 1, 3x3 for 5x5, BatchNorm"},
		{"norm with prelu", blocks.Inception{Out1: 1, Reduce3: 1, Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1, Norm: blocks.Identity{}, Act: activations.PReLU{}}, in, []int{2, 4, 5, 5},
			[]string{"branch1.conv.weight 1x3x1x1", "branch1.conv.bias 1", "branch1.act.weight 1", "branch2.0.conv.weight 1x3x1x1", "branch2.0.conv.bias 1", "branch2.0.act.weight 1",
				"branch2.1.conv.weight 1x1x3x3", "branch2.1.conv.bias 1", "branch2.1.act.weight 1", "branch3.0.conv.weight 1x3x1x1", "branch3.0.conv.bias 1", "branch3.0.act.weight 1",
				"branch3.1.conv.weight 1x1x5x5", "branch3.1.conv.bias 1", "branch3.1.act.weight 1", "branch4.1.conv.weight 1x3x1x1", "branch4.1.conv.bias 1", "branch4.1.act.weight 1"},
			"Inception 1, 1-1, 1-1, 1, Identity, prelu"},
	})
}

func TestAuxHead(t *testing.T) {
	checkAll(t, []one{
		{"paper", blocks.AuxHead{Classes: 3, Channels: 2, Features: 4}, []int{2, 3, 8, 8}, []int{2, 3, 8, 8},
			[]string{"conv.weight 2x3x1x1", "conv.bias 2", "fc1.weight 4x8", "fc1.bias 4", "fc2.weight 3x4", "fc2.bias 3"}, "AuxHead 3, weight 0.3"},
		{"torchvision", blocks.AuxHead{Classes: 3, Channels: 2, Features: 4, Pool: blocks.AdaptiveAvgPool2D{Out: 4}, Norm: blocks.BatchNorm{}, Act: activations.ELU{Alpha: 1}, Weight: 0.5},
			[]int{2, 3, 6, 6}, []int{2, 3, 6, 6},
			[]string{"conv.conv.weight 2x3x1x1", "conv.bn.weight 2", "conv.bn.bias 2", "fc1.weight 4x32", "fc1.bias 4", "fc2.weight 3x4", "fc2.bias 3"}, "AuxHead 3, weight 0.5, elu:1"},
	})
}

// The head's loss counts by its weight, under its own name, in training alone.
func TestAuxHeadLoss(t *testing.T) {
	net := blocks.Sequence{
		blocks.As("aux1", blocks.AuxHead{Classes: 3, Channels: 2, Features: 4}),
		blocks.As("fc", blocks.Linear{Out: 3}),
	}
	p := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	in := []int{2, 3, 5, 5}
	x, l := images(in...), labels(2)
	prog := build(t, net, p, graph.TrainingConfig(in...))
	loss, err := prog.Step(t.Context(), x, graph.Labels(l))
	if err != nil {
		t.Fatal(err)
	}
	parts := prog.Parts()
	if len(parts) != 2 || parts[0].Name != "main" || parts[1].Name != "aux1" || parts[1].Weight != 0.3 {
		t.Fatalf("parts are %+v, want main and aux1 of weight 0.3", parts)
	}
	if want := parts[0].Value + 0.3*parts[1].Value; math.Abs(loss-want) > 1e-12 {
		t.Errorf("loss is %v, want %v", loss, want)
	}

	cfg := graph.InferenceConfig(in...)
	cfg.Loss = graph.CrossEntropy{}
	alone := build(t, net, p, cfg)
	if _, err := alone.Loss(t.Context(), x, graph.Labels(l)); err != nil {
		t.Fatal(err)
	}
	if parts := alone.Parts(); len(parts) != 1 {
		t.Errorf("inference has the parts %+v, want main alone", parts)
	}
	if got, want := alone.MACs(), int64(2*3*75); got != want {
		t.Errorf("inference takes %d multiply-additions, want %d: the head must not run", got, want)
	}
}

func TestMaxout(t *testing.T) {
	checkAll(t, []one{
		{"linear", blocks.MaxoutLinear{Out: 4, Pieces: 3}, []int{3, 5}, []int{3, 4}, []string{"weight 12x5", "bias 12"}, "MaxoutLinear 4, 3 pieces"},
		{"linear on images", blocks.MaxoutLinear{Out: 4}, []int{3, 2, 2, 2}, []int{3, 4}, []string{"weight 8x8", "bias 8"}, "MaxoutLinear 4, 2 pieces"},
		{"conv", blocks.MaxoutConv{Out: 4, Kernel: 3, Stride: 2, Padding: blocks.Same, Groups: 2}, []int{2, 2, 5, 5}, []int{2, 4, 3, 3}, []string{"weight 8x1x3x3", "bias 8"},
			"MaxoutConv 3x3, 4, 2 pieces, stride 2, same padding, groups 2"},
		{"conv rectangle", blocks.MaxoutConv{Out: 2, KernelHW: [2]int{1, 3}, DilationHW: [2]int{1, 2}, Padding: blocks.Same, StrideHW: [2]int{2, 1}}, []int{2, 2, 5, 5}, []int{2, 2, 3, 5},
			[]string{"weight 4x2x1x3", "bias 4"}, "MaxoutConv 1x3, 2, 2 pieces, stride 2x1, same padding, dilation 1x2"},
	})
}

func TestLightBlocks(t *testing.T) {
	in := []int{2, 4, 4, 4}
	checkAll(t, []one{
		{"squeeze-excite", blocks.SqueezeExcite{Reduction: 2}, in, in, []string{"fc1.weight 2x4", "fc1.bias 2", "fc2.weight 4x2", "fc2.bias 4"}, "SqueezeExcite by 2"},
		{"squeeze-excite swish", blocks.SqueezeExcite{Act: activations.SiLU{}, Gate: activations.HardSigmoid{}}, in, in, []string{"fc1.weight 1x4", "fc1.bias 1", "fc2.weight 4x1", "fc2.bias 4"},
			"SqueezeExcite by 16, silu, gate hard_sigmoid"},
		{"squeeze-excite maxout", blocks.SqueezeExcite{Reduction: 2, Act: activations.Maxout{Pieces: 2}}, in, in, []string{"fc1.weight 4x4", "fc1.bias 4", "fc2.weight 4x2", "fc2.bias 4"},
			"SqueezeExcite by 2, maxout:2"},
		{"depthwise separable", blocks.DepthwiseSeparable{Out: 3, Stride: 2}, in, []int{2, 3, 2, 2},
			[]string{"depthwise.conv.weight 4x1x3x3", "depthwise.bn.weight 4", "depthwise.bn.bias 4", "pointwise.conv.weight 3x4x1x1", "pointwise.bn.weight 3", "pointwise.bn.bias 3"},
			"DepthwiseSeparable 3x3, 3, stride 2"},
		{"depthwise separable rectangle", blocks.DepthwiseSeparable{Out: 3, KernelHW: [2]int{1, 5}, StrideHW: [2]int{1, 2}}, in, []int{2, 3, 4, 2},
			[]string{"depthwise.conv.weight 4x1x1x5", "depthwise.bn.weight 4", "depthwise.bn.bias 4", "pointwise.conv.weight 3x4x1x1", "pointwise.bn.weight 3", "pointwise.bn.bias 3"},
			"DepthwiseSeparable 1x5, 3, stride 1x2"},
		{"depthwise separable relu6", blocks.DepthwiseSeparable{Out: 3, Kernel: 5, Norm: blocks.Identity{}, Act: activations.ReLU6{}}, in, []int{2, 3, 4, 4},
			[]string{"depthwise.conv.weight 4x1x5x5", "depthwise.conv.bias 4", "pointwise.conv.weight 3x4x1x1", "pointwise.conv.bias 3"}, "DepthwiseSeparable 5x5, 3, no norm, relu6"},
		{"depthwise separable maxout", blocks.DepthwiseSeparable{Out: 3, Act: activations.Maxout{Pieces: 2}}, in, []int{2, 3, 4, 4},
			[]string{"depthwise.conv.weight 8x1x3x3", "depthwise.bn.weight 8", "depthwise.bn.bias 8", "pointwise.conv.weight 6x4x1x1", "pointwise.bn.weight 6", "pointwise.bn.bias 6"},
			"DepthwiseSeparable 3x3, 3, maxout:2"},
		{"inverted residual", blocks.InvertedResidual{Out: 4}, in, in,
			[]string{"conv.0.0.weight 24x4x1x1", "conv.0.1.weight 24", "conv.0.1.bias 24", "conv.1.0.weight 24x1x3x3", "conv.1.1.weight 24", "conv.1.1.bias 24", "conv.2.weight 4x24x1x1", "conv.3.weight 4", "conv.3.bias 4"},
			"InvertedResidual 3x3, 4, expansion 6"},
		{"inverted residual without expansion", blocks.InvertedResidual{Out: 3, Expansion: 1, Kernel: 5, Stride: 2, Act: activations.SiLU{}}, in, []int{2, 3, 2, 2},
			[]string{"conv.0.0.weight 4x1x5x5", "conv.0.1.weight 4", "conv.0.1.bias 4", "conv.1.weight 3x4x1x1", "conv.2.weight 3", "conv.2.bias 3"},
			"InvertedResidual 5x5, 3, expansion 1, stride 2, silu"},
		{"inverted residual maxout", blocks.InvertedResidual{Out: 4, Expansion: 2, Norm: blocks.Identity{}, Act: activations.Maxout{Pieces: 2}, StochasticDepth: 0.25}, in, in,
			[]string{"conv.0.0.weight 16x4x1x1", "conv.0.0.bias 16", "conv.1.0.weight 16x1x3x3", "conv.1.0.bias 16", "conv.2.weight 4x8x1x1", "conv.2.bias 4"},
			"InvertedResidual 3x3, 4, expansion 2, maxout:2, no norm, stochastic depth 0.25"},
	})
}

func TestDenseBlock(t *testing.T) {
	in := []int{2, 3, 4, 4}
	checkAll(t, []one{
		{"bottleneck", blocks.DenseBlock{Growth: 2, Layers: 2}, in, []int{2, 7, 4, 4},
			[]string{"denselayer1.norm1.weight 3", "denselayer1.norm1.bias 3", "denselayer1.conv1.weight 8x3x1x1", "denselayer1.norm2.weight 8", "denselayer1.norm2.bias 8", "denselayer1.conv2.weight 2x8x3x3",
				"denselayer2.norm1.weight 5", "denselayer2.norm1.bias 5", "denselayer2.conv1.weight 8x5x1x1", "denselayer2.norm2.weight 8", "denselayer2.norm2.bias 8", "denselayer2.conv2.weight 2x8x3x3"},
			"DenseBlock of 2, growth 2"},
		{"narrow", blocks.DenseBlock{Growth: 2, Layers: 1, Width: -1, Norm: blocks.Identity{}, Act: activations.SELU{}, Dropout: 0.2}, in, []int{2, 5, 4, 4},
			[]string{"denselayer1.conv1.weight 2x3x3x3", "denselayer1.conv1.bias 2"}, "DenseBlock of 1, growth 2, no 1x1, no norm, selu, dropout 0.2"},
		{"transition", blocks.Transition{}, []int{2, 4, 4, 5}, []int{2, 2, 2, 2}, []string{"norm.weight 4", "norm.bias 4", "conv.weight 2x4x1x1"}, "Transition"},
		{"transition to", blocks.Transition{Out: 3, Act: activations.ELU{Alpha: 1}}, []int{2, 4, 4, 4}, []int{2, 3, 2, 2}, []string{"norm.weight 4", "norm.bias 4", "conv.weight 3x4x1x1"}, "Transition to 3, elu:1"},
	})
}

func TestCompositesRefuse(t *testing.T) {
	image, flat := []int{2, 4, 6, 6}, []int{2, 8}
	for _, c := range []struct {
		block blocks.Block
		in    []int
		want  string
	}{
		{blocks.ConvTranspose2D{Kernel: 2}, image, "conv_transpose2d: 0 output channels, want at least 1"},
		{blocks.ConvTranspose2D{Out: 2}, image, "conv_transpose2d: kernel is 0x0, want at least 1"},
		{blocks.ConvTranspose2D{Out: 2, Kernel: 2}, flat, "conv_transpose2d: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.ConvTranspose2D{Out: 6, Kernel: 2, Groups: 3}, image, "conv_transpose2d: input has 4 channels, groups = 3 does not divide it"},
		{blocks.ConvTranspose2D{Out: 5, Kernel: 2, Groups: 2}, image, "conv_transpose2d: 5 output channels, groups = 2 does not divide it"},
		{blocks.UpsampleConv{}, image, "conv: conv_transpose2d: 0 output channels, want at least 1"},
		{blocks.Inception{Out1: 1}, image, "branch2_reduce: conv2d: 0 output channels, want at least 1"},
		{blocks.Inception{Out1: 1, Reduce3: 1, Norm: blocks.BatchNorm{}}, image, "branch2.1.conv: conv2d: 0 output channels, want at least 1"},
		{blocks.AuxHead{}, image, "auxiliary head: Classes = 0, want at least 1"},
		{blocks.As("aux2", blocks.AuxHead{Classes: 2}), []int{1, 2, 4, 4}, "aux2.pool: avg_pool2d: input is 4x4, kernel 5x5 with padding 0x0 and dilation 1x1 does not fit"},
		{blocks.MaxoutLinear{Out: 2, Pieces: -1}, flat, "maxout: Pieces = -1, want at least 1"},
		{blocks.MaxoutConv{Out: 2, Pieces: -1}, image, "maxout: Pieces = -1, want at least 1"},
		{blocks.SqueezeExcite{}, flat, "squeeze-excite: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.SqueezeExcite{Reduction: -1}, image, "squeeze-excite: Reduction = -1, want at least 1"},
		{blocks.DepthwiseSeparable{Out: 2}, flat, "depthwise separable: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.DepthwiseSeparable{}, image, "pointwise.conv: conv2d: 0 output channels, want at least 1"},
		{blocks.InvertedResidual{Out: 2}, flat, "inverted residual: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.InvertedResidual{Out: 4, Expansion: -1}, image, "inverted residual: Expansion = -1, want at least 1"},
		{blocks.InvertedResidual{Out: 4, StochasticDepth: 1}, image, "inverted residual: stochastic depth: P = 1, want at least 0 and less than 1"},
		{blocks.InvertedResidual{Out: 5, StochasticDepth: 0.5}, image, "inverted residual: stochastic depth needs a sum, there is none from 4 to 5 channels with stride 1"},
		{blocks.InvertedResidual{}, image, "conv.2: conv2d: 0 output channels, want at least 1"},
		{blocks.DenseBlock{Growth: 2}, image, "dense block: Growth = 2, Layers = 0: want at least 1 of each, and at most 65536 layers"},
		{blocks.DenseBlock{Growth: 2, Layers: 1}, flat, "dense block: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.Transition{}, flat, "transition: input has shape (2, 8), want (N, C, H, W)"},
	} {
		refuse(t, c.block, c.in, c.want)
	}
}

// A dense block's output begins with its input, then come its layers' results in
// their order.
func TestDenseBlockOrder(t *testing.T) {
	cfg := graph.InferenceConfig(1, 2, 3, 3)
	cfg.Taps = true
	x := images(1, 2, 3, 3)
	prog := build(t, blocks.As("block", blocks.DenseBlock{Growth: 1, Layers: 2}), graph.NewParams(1, graph.WithDtype(tensor.Float64)), cfg)
	y, err := prog.Run(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	var want []float64
	for _, v := range x {
		want = append(want, float64(v))
	}
	want = append(want, tap(t, prog, "block.denselayer1")...)
	want = append(want, tap(t, prog, "block.denselayer2")...)
	same(t, "output", [][]float64{y.Float64s()}, [][]float64{want})
}

package blocks_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
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
		{"max pool", blocks.MaxPool2D{Kernel: 3, Stride: 2, CeilMode: true}, []int{2, 2, 6, 6}, []int{2, 2, 3, 3}, nil, "MaxPool2D 3x3, stride 2, ceil"},
		{"max pool default stride", blocks.MaxPool2D{Kernel: 2}, []int{2, 2, 6, 7}, []int{2, 2, 3, 3}, nil, "MaxPool2D 2x2"},
		{"max pool same", blocks.MaxPool2D{Kernel: 3, Stride: 1, Padding: blocks.Same}, []int{2, 2, 4, 4}, []int{2, 2, 4, 4}, nil, "MaxPool2D 3x3, stride 1, same padding"},
		{"avg pool", blocks.AvgPool2D{KernelHW: [2]int{3, 2}, Stride: 1, PaddingHW: [2]int{1, 1}, ExcludePad: true}, []int{2, 2, 4, 4}, []int{2, 2, 4, 5}, nil,
			"AvgPool2D 3x2, stride 1, padding 1, padding excluded"},
		{"adaptive pool", blocks.AdaptiveAvgPool2D{OutHW: [2]int{2, 3}}, []int{2, 2, 5, 5}, []int{2, 2, 2, 3}, nil, "AdaptiveAvgPool2D to 2x3"},
		{"global pool", blocks.GlobalAvgPool2D{}, []int{2, 3, 4, 4}, []int{2, 3}, nil, "GlobalAvgPool2D"},
		{"flatten", blocks.Flatten{}, []int{2, 3, 2, 2}, []int{2, 12}, nil, "Flatten"},
		{"dropout", blocks.Dropout{P: 0.5}, []int{2, 3, 2, 2}, []int{2, 3, 2, 2}, nil, "Dropout 0.5"},
		{"scale", blocks.Scale{Factor: 1.0 / 9}, []int{2, 3}, []int{2, 3}, nil, "Scale by 0.111"},
		{"no scale", blocks.Scale{}, []int{2, 3}, []int{2, 3}, nil, "Scale by 1"},
		{"batch norm without scale", blocks.BatchNorm{NoScale: true}, []int{3, 2, 2, 2}, []int{3, 2, 2, 2}, []string{"weight 2", "bias 2"}, "BatchNorm without scale"},
		{"identity", blocks.Identity{}, []int{2, 3}, []int{2, 3}, nil, "Identity"},
		{"activation", blocks.Act{Func: activations.ELU{Alpha: 1}}, []int{2, 3}, []int{2, 3}, nil, "elu:1"},
		{"default activation", blocks.Act{}, []int{2, 3}, []int{2, 3}, nil, "relu"},
		{"learned activation", blocks.Act{Func: activations.PReLU{Channelwise: true}}, []int{2, 3, 2, 2}, []int{2, 3, 2, 2}, []string{"weight 3"}, "prelu:channelwise"},
		{"maxout", blocks.Act{Func: activations.Maxout{Pieces: 2}}, []int{2, 6}, []int{2, 3}, nil, "maxout:2"},
	})
}

func TestLayersRefuse(t *testing.T) {
	image, flat := []int{2, 4, 6, 6}, []int{2, 8}
	for _, c := range []struct {
		block blocks.Block
		in    []int
		want  string
	}{
		{blocks.Conv2D{Kernel: 3}, image, "conv2d: 0 output channels, want at least 1"},
		{blocks.Conv2D{Out: 3}, image, "conv2d: kernel is 0x0, want at least 1"},
		{blocks.Conv2D{Out: 3, Kernel: 3}, flat, "conv2d: input has shape (2, 8), want (N, C, H, W)"},
		{blocks.Conv2D{Out: 6, Kernel: 3, Groups: 3}, image, "conv2d: input has 4 channels, groups = 3 does not divide it"},
		{blocks.Conv2D{Out: 5, Kernel: 3, Groups: 2}, image, "conv2d: 5 output channels, groups = 2 does not divide it"},
		{blocks.Conv2D{Out: 5, Kernel: 2, Padding: blocks.Same}, image, "conv2d: padding Same with kernel 2x2 and dilation 1x1: want an odd kernel"},
		{blocks.Conv2D{Out: 5, Kernel: 7}, image, "conv2d: input is 6x6, kernel 7x7 with padding 0x0 and dilation 1x1 does not fit"},
		{blocks.Linear{}, flat, "linear: Out = 0, want the number of output features"},
		{blocks.BatchNorm{Eps: -1}, flat, "batch_norm: Eps = -1, want more than 0"},
		{blocks.BatchNorm{Momentum: 2}, flat, "batch_norm: Momentum = 2, want at most 1 and more than 0"},
		{blocks.LocalResponseNorm{Size: -1}, image, "local_response_norm: Size = -1, want at least 1"},
		{blocks.MaxPool2D{}, image, "max_pool2d: kernel is 0x0, want at least 1"},
		{blocks.AvgPool2D{Kernel: 2, Padding: blocks.Same}, image, "avg_pool2d: padding Same with kernel 2x2 and dilation 1x1: want an odd kernel"},
		{blocks.AdaptiveAvgPool2D{}, image, "adaptive_avg_pool2d: output size is 0x0, want at least 1"},
		{blocks.Dropout{P: 1}, flat, "dropout: P = 1, want a probability below 1"},
		{blocks.Act{Func: activations.Maxout{Pieces: 3}}, flat, "maxout: input has 8 channels, pieces = 3 does not divide it"},
		{blocks.Sequence{blocks.As("layer2", blocks.Sequence{blocks.Identity{}, fails})}, flat, "layer2.1: linear: Out = 0, want the number of output features"},
		{blocks.Sequence{nil}, flat, "0: the block is nil"},
		{blocks.Parallel{}, flat, "parallel: no branches"},
		{blocks.Sum{blocks.Identity{}}, flat, "sum: number of branches is 1, want at least 2; Identity{} is the input itself"},
		{blocks.Sum{blocks.Linear{Out: 3}, blocks.Identity{}}, flat, "sum of (2, 3) and (2, 8): want equal shapes"},
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

// Dropout zeroes about P of the elements in training, each network's layers and
// each seed their own, and none in inference.
func TestDropout(t *testing.T) {
	in := []int{4, 250}
	ones := make([]float32, 1000)
	for i := range ones {
		ones[i] = 1
	}
	masks := func(seed uint64) (a, b []float64) {
		net := blocks.Sequence{
			blocks.Parallel{blocks.As("a", blocks.Dropout{P: 0.3}), blocks.As("b", blocks.Dropout{P: 0.3})},
			blocks.Linear{Out: 3},
		}
		cfg := graph.TrainingConfig(in...)
		cfg.Taps = true
		prog := build(t, net, graph.NewParams(seed, graph.WithDtype(tensor.Float64)), cfg)
		if _, err := prog.Step(t.Context(), ones, graph.Labels(labels(4))); err != nil {
			t.Fatal(err)
		}
		return tap(t, prog, "0.a"), tap(t, prog, "0.b")
	}
	a, b := masks(1)
	kept, differ := 0, 0
	for i, v := range a {
		switch {
		case v != 0 && math.Abs(v-1/0.7) > 1e-12:
			t.Fatalf("element %d is %v, want 0 or 1/0.7", i, v)
		case v != 0:
			kept++
		}
		if v != b[i] {
			differ++
		}
	}
	if kept < 640 || kept > 760 {
		t.Errorf("%d of 1000 elements are kept, want about 700", kept)
	}
	if differ < 300 {
		t.Errorf("two layers' masks differ in %d of 1000 elements, want about 420", differ)
	}
	again, _ := masks(1)
	other, _ := masks(2)
	same(t, "masks of one seed", [][]float64{again}, [][]float64{a})
	if fmt.Sprint(other) == fmt.Sprint(a) {
		t.Error("masks of two seeds are equal")
	}
}

func tap(t *testing.T, prog *graph.Program, name string) []float64 {
	t.Helper()
	y, err := prog.Tap(name)
	if err != nil {
		t.Fatal(err)
	}
	return clone(y.Float64s())
}

// Running statistics follow the batch by the momentum, with the unbiased
// variance, and inference uses them.
func TestBatchNormStatistics(t *testing.T) {
	p := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	net := blocks.Sequence{blocks.As("bn", blocks.BatchNorm{Momentum: 0.25, Eps: 1}), blocks.As("fc", blocks.Linear{Out: 3})}
	if _, err := build(t, net, p, graph.TrainingConfig(4, 1)).Step(t.Context(), []float32{1, 3, 5, 11}, graph.Labels(labels(4))); err != nil {
		t.Fatal(err)
	}
	// Mean 5, squared deviations 16 + 4 + 0 + 36 = 56, over 3.
	same(t, "mean and variance", [][]float64{p.Get("bn.running_mean").Value.Float64s(), p.Get("bn.running_var").Value.Float64s()},
		[][]float64{{0.25 * 5}, {0.75 + 0.25*56.0/3}})

	cfg := graph.InferenceConfig(1, 1)
	cfg.Taps = true
	eval := build(t, net, p, cfg)
	if _, err := eval.Run(t.Context(), []float32{2}); err != nil {
		t.Fatal(err)
	}
	same(t, "inference", [][]float64{tap(t, eval, "bn")}, [][]float64{{(2 - 1.25) / math.Sqrt(0.75+0.25*56.0/3+1)}})
}

// Weights start within PyTorch's bounds, or as they are told.
func TestInitialisation(t *testing.T) {
	p := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	net := blocks.Sequence{
		blocks.As("a", blocks.Conv2D{Out: 40, Kernel: 3, Groups: 2}),
		blocks.As("b", blocks.ConvNorm{Out: 4, Kernel: 1, Init: graph.Constant(2)}),
		blocks.As("c", blocks.Residual{Out: 4, ZeroInit: true}),
		blocks.As("d", blocks.Linear{Out: 30, BiasInit: graph.Zeros}),
	}
	build(t, net, p, graph.InferenceConfig(1, 8, 5, 5))
	for _, c := range []struct {
		name   string
		lo, hi float64 // of the largest absolute value
	}{
		{"a.weight", 0.98 / 6, 1.0 / 6}, // fan-in 4*9
		{"a.bias", 0.8 / 6, 1.0 / 6},
		{"b.conv.weight", 2, 2},
		{"c.bn1.weight", 1, 1},
		{"c.bn2.weight", 0, 0},
		{"d.weight", 0.98 / 6, 1.0 / 6},
		{"d.bias", 0, 0},
	} {
		largest := 0.0
		for _, v := range p.Get(c.name).Value.Float64s() {
			largest = max(largest, math.Abs(v))
		}
		if !(largest >= c.lo && largest <= c.hi) {
			t.Errorf("%s: largest is %v, want %v to %v", c.name, largest, c.lo, c.hi)
		}
	}
}

package ops

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// TestRefusals: every operation refuses what it can't compute, and says what
// was found and what was wanted.
func TestRefusals(t *testing.T) {
	g := gorgonia.NewGraph()
	n := func(name string, shape ...int) *gorgonia.Node {
		if len(shape) == 0 {
			return gorgonia.NewScalar(g, tensor.Float32, gorgonia.WithName(name))
		}
		return gorgonia.NewTensor(g, tensor.Float32, len(shape), gorgonia.WithShape(shape...), gorgonia.WithName(name))
	}
	image, features, scalar := n("image", 2, 6, 5, 4), n("features", 2, 6), n("scalar")
	kernel3, bias4, bias6 := n("kernel3", 4, 6, 3, 3), n("bias4", 4), n("bias6", 6)
	column := n("column", 6, 1)
	double := gorgonia.NewTensor(g, tensor.Float64, 4, gorgonia.WithShape(2, 6, 5, 4), gorgonia.WithName("double"))
	labels := gorgonia.NewVector(g, tensor.Int, gorgonia.WithShape(2), gorgonia.WithName("labels"))
	labels3 := gorgonia.NewVector(g, tensor.Int, gorgonia.WithShape(3), gorgonia.WithName("labels3"))

	conv := func(x, w, b *gorgonia.Node, cfg Conv2DConfig) func() (*gorgonia.Node, error) {
		return func() (*gorgonia.Node, error) { return Conv2D(x, w, b, cfg) }
	}
	up := func(x, w, b *gorgonia.Node, cfg ConvTranspose2DConfig) func() (*gorgonia.Node, error) {
		return func() (*gorgonia.Node, error) { return ConvTranspose2D(x, w, b, cfg) }
	}
	maxPool := func(x *gorgonia.Node, cfg MaxPool2DConfig) func() (*gorgonia.Node, error) {
		return func() (*gorgonia.Node, error) { return MaxPool2D(x, cfg) }
	}
	avgPool := func(x *gorgonia.Node, cfg AvgPool2DConfig) func() (*gorgonia.Node, error) {
		return func() (*gorgonia.Node, error) { return AvgPool2D(x, cfg) }
	}
	for _, c := range []struct {
		build func() (*gorgonia.Node, error)
		want  string
	}{
		{conv(features, kernel3, nil, Conv2DConfig{}), "conv2d: input has shape (2, 6), want (N, C, H, W)"},
		{conv(image, features, nil, Conv2DConfig{}), "conv2d: weight has shape (2, 6), want (O, C/groups, KH, KW)"},
		{conv(image, nil, nil, Conv2DConfig{}), "conv2d: input 1 is nil"},
		{conv(nil, kernel3, nil, Conv2DConfig{}), "conv2d: input 0 is nil"},
		{conv(double, kernel3, nil, Conv2DConfig{}), "conv2d: input 1 (kernel3) is float32, want float64 like the inputs before it"},
		{conv(labels, kernel3, nil, Conv2DConfig{}), "conv2d: input 0 (labels) is int, want float32 or float64"},
		{conv(image, kernel3, nil, Conv2DConfig{Groups: 4}), "conv2d: input has 6 channels, groups = 4 does not divide it"},
		{conv(image, n("w9", 9, 3, 3, 3), nil, Conv2DConfig{Groups: 2}), "conv2d: 9 output channels, groups = 2 does not divide it"},
		{conv(image, kernel3, nil, Conv2DConfig{Groups: 2}), "conv2d: weight (4, 6, 3, 3) takes 6 channels a group, input (2, 6, 5, 4) in 2 groups has 3"},
		{conv(image, n("w7", 4, 6, 7, 7), nil, Conv2DConfig{}), "conv2d: input is 5x4, kernel 7x7 with padding 0x0 and dilation 1x1 does not fit"},
		{conv(image, kernel3, nil, Conv2DConfig{Dilation: [2]int{1, 2}}), "kernel 3x3 with padding 0x0 and dilation 1x2 does not fit"},
		{conv(image, kernel3, bias6, Conv2DConfig{}), "conv2d: bias has shape (6), want (4)"},
		{conv(image, n("w6", 6, 6, 1, 1), column, Conv2DConfig{}), "conv2d: bias has shape (6, 1), want (6)"},
		{conv(image, kernel3, nil, Conv2DConfig{Stride: [2]int{1, -1}}), "conv2d: stride is 1x-1, want at least 1"},
		{conv(image, kernel3, nil, Conv2DConfig{Padding: [2]int{-1, 0}}), "conv2d: padding is -1x0, want at least 0"},
		{conv(image, kernel3, nil, Conv2DConfig{Dilation: [2]int{-2, 1}}), "conv2d: dilation is -2x1, want at least 1"},
		{conv(image, kernel3, nil, Conv2DConfig{Groups: -1}), "conv2d: groups = -1, want at least 1"},
		{conv(image, kernel3, nil, Conv2DConfig{Act: GELU}), "conv2d: fused gelu is not supported: its derivative needs the argument, apply it with Activate"},
		{conv(image, kernel3, nil, Conv2DConfig{Act: ELU(0)}), "conv2d: fused elu:0 is not supported"},
		{conv(image, kernel3, nil, Conv2DConfig{Act: ELU(-1)}), "conv2d: elu: alpha is -1, want 0 or more"},
		{conv(image, kernel3, nil, Conv2DConfig{Act: LeakyReLU(-0.1)}), "conv2d: fused leaky_relu:-0.1 is not supported"},
		{conv(image, kernel3, nil, Conv2DConfig{Act: LeakyReLU(math.NaN())}), "conv2d: leaky_relu: slope is NaN, want a finite number"},
		{conv(image, kernel3, nil, Conv2DConfig{Act: ReLU + "x"}), "conv2d: unknown activation \"relux\""},
		{conv(image, kernel3, nil, Conv2DConfig{Act: struct{ Act }{ReLU}}), "conv2d: activation is a struct"},

		{up(features, kernel3, nil, ConvTranspose2DConfig{}), "conv_transpose2d: input has shape (2, 6), want (N, C, H, W)"},
		{up(image, kernel3, nil, ConvTranspose2DConfig{}), "conv_transpose2d: weight (4, 6, 3, 3) takes 4 channels, input (2, 6, 5, 4) has 6"},
		{up(image, n("up6", 6, 2, 3, 3), nil, ConvTranspose2DConfig{Groups: 4}), "conv_transpose2d: input has 6 channels, groups = 4 does not divide it"},
		{up(image, n("up2", 6, 2, 2, 2), nil, ConvTranspose2DConfig{OutputPadding: [2]int{1, 0}}), "conv_transpose2d: output padding 1x0 must be smaller than stride 1x1 or dilation 1x1"},
		{up(image, n("up3", 6, 2, 1, 1), nil, ConvTranspose2DConfig{Padding: [2]int{0, 2}}), "conv_transpose2d: input is 5x4, kernel 1x1 with padding 0x2 leaves a result of 5x0"},
		{up(image, n("up4", 6, 2, 2, 2), bias6, ConvTranspose2DConfig{Groups: 2}), "conv_transpose2d: bias has shape (6), want (4)"},
		{up(image, n("up5", 6, 2, 2, 2), nil, ConvTranspose2DConfig{Act: Mish}), "conv_transpose2d: fused mish is not supported"},

		{func() (*gorgonia.Node, error) { return Linear(image, features, nil, LinearConfig{}) }, "linear: input has shape (2, 6, 5, 4), want (N, in)"},
		{func() (*gorgonia.Node, error) { return Linear(features, n("w43", 4, 3), nil, LinearConfig{}) }, "linear: input has 6 features, weight (4, 3) wants 3"},
		{func() (*gorgonia.Node, error) { return Linear(features, n("w46", 4, 6), bias6, LinearConfig{}) }, "linear: bias has shape (6), want (4)"},
		{func() (*gorgonia.Node, error) {
			return Linear(features, n("w56", 5, 6), nil, LinearConfig{Act: SiLU})
		}, "linear: fused silu is not supported"},

		{maxPool(features, MaxPool2DConfig{Kernel: [2]int{2, 2}}), "max_pool2d: input has shape (2, 6), want (N, C, H, W)"},
		{maxPool(image, MaxPool2DConfig{}), "max_pool2d: kernel is 0x0, want at least 1"},
		{maxPool(image, MaxPool2DConfig{Kernel: [2]int{5, 5}}), "max_pool2d: input is 5x4, kernel 5x5 with padding 0x0 and dilation 1x1 does not fit"},
		{maxPool(image, MaxPool2DConfig{Kernel: [2]int{3, 3}, Padding: [2]int{2, 0}}), "max_pool2d: padding 2x0 is more than half the kernel 3x3"},
		{avgPool(image, AvgPool2DConfig{Kernel: [2]int{6, 2}}), "avg_pool2d: input is 5x4, kernel 6x2"},
		{avgPool(image, AvgPool2DConfig{Kernel: [2]int{2, 2}, Stride: [2]int{-2, 2}}), "avg_pool2d: stride is -2x2, want at least 1"},
		{func() (*gorgonia.Node, error) { return AdaptiveAvgPool2D(image, [2]int{0, 2}) }, "adaptive_avg_pool2d: output size is 0x2, want at least 1"},
		{func() (*gorgonia.Node, error) { return GlobalAvgPool2D(features) }, "global_avg_pool2d: input has shape (2, 6), want (N, C, H, W)"},

		{func() (*gorgonia.Node, error) {
			y, _, _, err := BatchNormTraining(image, bias6, bias4, BatchNormConfig{})
			return y, err
		}, "batch_norm: bias has shape (4), want (6)"},
		{func() (*gorgonia.Node, error) {
			y, _, _, err := BatchNormTraining(n("one", 1, 6, 1, 1), nil, nil, BatchNormConfig{})
			return y, err
		}, "batch_norm_stats: input (1, 6, 1, 1) has one value a channel, want at least 2 to normalise by"},
		{func() (*gorgonia.Node, error) {
			return BatchNormInference(image, BatchNormNodes{bias6, nil, bias6, bias6}, BatchNormConfig{})
		}, "batch_norm: weight and bias: want both or none"},
		{func() (*gorgonia.Node, error) {
			return BatchNormInference(image, BatchNormNodes{nil, nil, bias4, bias6}, BatchNormConfig{})
		}, "batch_norm: mean has shape (4), want (6)"},
		{func() (*gorgonia.Node, error) {
			return BatchNormInference(image, BatchNormNodes{nil, nil, bias6, bias6}, BatchNormConfig{Eps: -1})
		}, "batch_norm: eps = -1, want a finite number of at least 0"},
		{func() (*gorgonia.Node, error) { return BatchNormRunning(bias4, bias6, 0.1, 1) }, "batch_norm_running: input 1 has shape (6), want (4) like input 0"},

		{func() (*gorgonia.Node, error) { return LocalResponseNorm(features, LocalResponseNormConfig{}) }, "local_response_norm: input has shape (2, 6), want (N, C, H, W)"},
		{func() (*gorgonia.Node, error) { return LocalResponseNorm(image, LocalResponseNormConfig{Size: -1}) }, "local_response_norm: size is -1, want at least 1"},
		{func() (*gorgonia.Node, error) { return Dropout(image, DropoutConfig{1, 1}) }, "dropout: P = 1, want at least 0 and less than 1"},
		{func() (*gorgonia.Node, error) { return Dropout(image, DropoutConfig{math.NaN(), 1}) }, "dropout: P = NaN"},
		{func() (*gorgonia.Node, error) { return Dropout(nil, DropoutConfig{0, 1}) }, "is nil"},

		{func() (*gorgonia.Node, error) { return Concat() }, "concat: no nodes to join"},
		{func() (*gorgonia.Node, error) { return Concat(image, features) }, "concat: input 1 has shape (2, 6), want 4 dimensions like input 0"},
		{func() (*gorgonia.Node, error) { return Concat(image, n("image4", 2, 6, 4, 4)) }, "concat: input 1 has shape (2, 6, 4, 4), input 0 has (2, 6, 5, 4): only the channels may differ"},
		{func() (*gorgonia.Node, error) { return Concat(bias4, bias6) }, "concat: input 0 has shape (4), want (N, C, ...)"},
		{func() (*gorgonia.Node, error) { return SliceChannels(image, 4, 7) }, "slice_channels: channels 4 to 7 are not among the 6 of input (2, 6, 5, 4)"},
		{func() (*gorgonia.Node, error) { return ZeroPad2D(image, [2]int{0, 1}, [2]int{-1, 0}) }, "zero_pad2d: padding is 0x1 before and -1x0 after, want at least 0"},
		{func() (*gorgonia.Node, error) { return PadChannels(image, -1, 7) }, "pad_channels: padding is -1 before and 7 after, want at least 0"},
		{func() (*gorgonia.Node, error) { return Subsample(image, [2]int{1, 0}) }, "subsample: stride is 1x0, want at least 1"},

		{func() (*gorgonia.Node, error) { return Add() }, "add: no nodes to add"},
		{func() (*gorgonia.Node, error) { return Add(image, features) }, "add: input 1 has shape (2, 6), want (2, 6, 5, 4) like input 0"},
		{func() (*gorgonia.Node, error) { return Add(bias6, column) }, "add: input 1 has shape (6, 1), want (6) like input 0"},
		{func() (*gorgonia.Node, error) { return AddAct(image, features, ReLU) }, "add_act: input 1 has shape (2, 6)"},
		{func() (*gorgonia.Node, error) { return Mul(image, scalar) }, "mul: input 1 has shape (), want (2, 6, 5, 4) like input 0"},
		{func() (*gorgonia.Node, error) { return ScaleChannels(image, bias6) }, "scale_channels: scale has shape (6), want (2, 6)"},
		{func() (*gorgonia.Node, error) { return Flatten(bias6) }, "flatten: input has shape (6), want two or more dimensions"},
		{func() (*gorgonia.Node, error) { return Flatten(nil) }, "flatten: input is nil"},
		{func() (*gorgonia.Node, error) { return Reshape(features, 5, -1) }, "reshape: input (2, 6) has 12 elements, shape (5, -1) does not"},
		{func() (*gorgonia.Node, error) { return Reshape(features, 3, 3) }, "reshape: input (2, 6) has 12 elements, shape (3, 3) does not"},
		{func() (*gorgonia.Node, error) { return Reshape(features, -1, -1) }, "reshape: shape (-1, -1): sizes must be at least 1, or -1 once"},
		{func() (*gorgonia.Node, error) { return Softmax(image) }, "softmax: input has shape (2, 6, 5, 4), want (N, classes)"},
		{func() (*gorgonia.Node, error) { return LogSoftmax(bias4) }, "log_softmax: input has shape (4), want (N, classes)"},

		{func() (*gorgonia.Node, error) { return CrossEntropy(image, labels, CrossEntropyConfig{}) }, "cross_entropy: logits has shape (2, 6, 5, 4), want (N, classes)"},
		{func() (*gorgonia.Node, error) { return CrossEntropy(features, labels3, CrossEntropyConfig{}) }, "cross_entropy: labels has shape (3), want (2)"},
		{func() (*gorgonia.Node, error) { return CrossEntropy(features, bias6, CrossEntropyConfig{}) }, "cross_entropy: input 1 (bias6) is float32, want int"},
		{func() (*gorgonia.Node, error) { return CrossEntropy(labels, labels, CrossEntropyConfig{}) }, "cross_entropy: input 0 (labels) is int, want float32 or float64"},
		{func() (*gorgonia.Node, error) {
			return CrossEntropy(features, labels, CrossEntropyConfig{Smoothing: 1.5})
		}, "cross_entropy: smoothing = 1.5, want 0 to 1"},
		{func() (*gorgonia.Node, error) { return WeightedSum(nodes{scalar}, []float64{1, 2}) }, "weighted_sum: 2 weights for 1 losses"},
		{func() (*gorgonia.Node, error) { return WeightedSum(nodes{bias4}, []float64{1}) }, "weighted_sum: input 0 has shape (4), want a scalar"},
	} {
		y, err := c.build()
		if err == nil {
			t.Errorf("no error but a node of shape %v; want %q", y.Shape(), c.want)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %q, want %q", err, c.want)
		}
	}
}

// TestNodesStayApart: operations that differ in one setting only, or in what
// they compute only, are different nodes; equal ones are one node.
func TestNodesStayApart(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithShape(2, 4, 8, 8), gorgonia.WithName("x"))
	w := gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithShape(4, 4, 3, 3), gorgonia.WithName("w"))
	v := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithShape(2, 4), gorgonia.WithName("v"))
	c := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithShape(4), gorgonia.WithName("c"))
	made := map[*gorgonia.Node]string{}
	put := func(y *gorgonia.Node, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		name := op.Of(y).String()
		if twin, ok := made[y]; ok {
			t.Errorf("%s is the node of %s", name, twin)
		}
		made[y] = name
	}
	for _, cfg := range []Conv2DConfig{
		{Padding: [2]int{2, 2}}, {Padding: [2]int{2, 2}, Dilation: [2]int{2, 2}}, {Padding: [2]int{2, 2}, Dilation: [2]int{2, 1}},
		{Padding: [2]int{2, 1}}, {Padding: [2]int{2, 2}, Stride: [2]int{2, 1}}, {Padding: [2]int{2, 2}, Act: ReLU},
		{Padding: [2]int{2, 2}, Act: LeakyReLU(0.01)}, {Padding: [2]int{2, 2}, Act: LeakyReLU(0.0100001)},
	} {
		put(Conv2D(x, w, nil, cfg))
	}
	put(Softmax(v))
	put(LogSoftmax(v))
	put(BatchNormInference(x, BatchNormNodes{nil, nil, c, c}, BatchNormConfig{}))
	put(BatchNormInference(x, BatchNormNodes{nil, nil, c, c}, BatchNormConfig{Eps: 1.00001e-5}))
	put(MaxPool2D(x, MaxPool2DConfig{Kernel: [2]int{2, 2}}))
	put(MaxPool2D(x, MaxPool2DConfig{Kernel: [2]int{2, 2}, CeilMode: true}))
	put(AvgPool2D(x, AvgPool2DConfig{Kernel: [2]int{2, 2}}))
	put(AvgPool2D(x, AvgPool2DConfig{Kernel: [2]int{2, 2}, ExcludePad: true}))
	put(LocalResponseNorm(x, LocalResponseNormConfig{}))
	put(LocalResponseNorm(x, LocalResponseNormConfig{Alpha: 5.0000001e-4}))
	put(Dropout(x, DropoutConfig{0.5, 1}))
	put(Dropout(x, DropoutConfig{0.5, 1}))
	put(Dropout(x, DropoutConfig{0.25, 1}))

	one, err := MaxPool2D(x, MaxPool2DConfig{Kernel: [2]int{2, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := made[one]; !ok {
		t.Error("the same operation on the same node was made twice")
	}
}

// TestMACs counts multiply-additions by hand.
func TestMACs(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithShape(2, 4, 8, 8), gorgonia.WithName("x"))
	w := gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithShape(6, 2, 3, 3), gorgonia.WithName("w"))
	up := gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithShape(4, 5, 2, 2), gorgonia.WithName("up"))
	v := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithShape(3, 7), gorgonia.WithName("v"))
	m := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithShape(11, 7), gorgonia.WithName("m"))
	for _, c := range []struct {
		build func() (*gorgonia.Node, error)
		want  int64
	}{
		{func() (*gorgonia.Node, error) { return Conv2D(x, w, nil, Conv2DConfig{Groups: 2}) }, 2 * 6 * 6 * 6 * 2 * 9},
		{func() (*gorgonia.Node, error) {
			return ConvTranspose2D(x, up, nil, ConvTranspose2DConfig{Stride: [2]int{2, 2}})
		}, 2 * 4 * 8 * 8 * 5 * 4},
		{func() (*gorgonia.Node, error) { return Linear(v, m, nil, LinearConfig{}) }, 3 * 7 * 11},
	} {
		y, err := c.build()
		if err != nil {
			t.Fatal(err)
		}
		if got := op.Of(y).MACs(); got != c.want {
			t.Errorf("%v: %d multiply-additions, want %d", op.Of(y), got, c.want)
		}
	}
}

package ops

import (
	"fmt"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
)

type nodes = []*gorgonia.Node

// gradientCase is an operation in some setting, at some shape.
type gradientCase struct {
	name   string
	build  optest.Build
	inputs []optest.Input
}

// gradientCases holds every differentiable operation in several settings.
func gradientCases() []gradientCase {
	x, fixed, positive := optest.X, optest.Fixed, optest.Positive
	var all []gradientCase
	add := func(name string, build func(in nodes) (*gorgonia.Node, error), inputs ...optest.Input) {
		all = append(all, gradientCase{name, func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return build(in) }, inputs})
	}
	relu, leaky := ReLU, LeakyReLU(0.1)
	elu, tanh := ELU(1.5), Tanh
	silu, selu, celu := SiLU, SELU, CELU(0.7)

	conv := func(name string, cfg Conv2DConfig, inputs ...optest.Input) {
		add("conv2d "+name, func(in nodes) (*gorgonia.Node, error) { return Conv2D(in[0], in[1], bias(in), cfg) }, inputs...)
	}
	conv("plain", Conv2DConfig{}, x("x", 2, 3, 5, 4), x("w", 4, 3, 3, 3))
	conv("bias", Conv2DConfig{Padding: [2]int{1, 1}}, x("x", 1, 2, 4, 4), x("w", 3, 2, 3, 3), x("b", 3))
	conv("1x1", Conv2DConfig{Stride: [2]int{2, 2}}, x("x", 2, 4, 5, 5), x("w", 3, 4, 1, 1), x("b", 3))
	conv("asymmetric", Conv2DConfig{Stride: [2]int{2, 3}, Padding: [2]int{0, 2}, Dilation: [2]int{2, 1}}, x("x", 1, 2, 7, 8), x("w", 2, 2, 2, 3), x("b", 2))
	conv("groups", Conv2DConfig{Groups: 2, Padding: [2]int{1, 0}}, x("x", 2, 4, 3, 4), x("w", 6, 2, 3, 2), x("b", 6))
	conv("depthwise", Conv2DConfig{Groups: 3, Padding: [2]int{1, 1}}, x("x", 1, 3, 4, 5), x("w", 3, 1, 3, 3))
	conv("cropped", Conv2DConfig{Stride: [2]int{3, 3}}, x("x", 1, 1, 6, 8), x("w", 2, 1, 2, 2))
	for _, act := range []Act{relu, leaky, elu, tanh, selu, celu} {
		conv(fmt.Sprintf("act %v", act), Conv2DConfig{Act: act}, x("x", 1, 2, 4, 4), x("w", 3, 2, 2, 2), x("b", 3))
	}

	up := func(name string, cfg ConvTranspose2DConfig, inputs ...optest.Input) {
		add("conv_transpose2d "+name, func(in nodes) (*gorgonia.Node, error) { return ConvTranspose2D(in[0], in[1], bias(in), cfg) }, inputs...)
	}
	up("plain", ConvTranspose2DConfig{}, x("x", 2, 3, 3, 4), x("w", 3, 2, 2, 3))
	up("stride", ConvTranspose2DConfig{Stride: [2]int{2, 3}, Padding: [2]int{1, 0}, OutputPadding: [2]int{1, 2}}, x("x", 1, 2, 3, 3), x("w", 2, 3, 3, 2), x("b", 3))
	up("groups", ConvTranspose2DConfig{Stride: [2]int{2, 2}, Dilation: [2]int{1, 2}, Groups: 2}, x("x", 1, 4, 2, 3), x("w", 4, 3, 2, 2), x("b", 6))
	up("act", ConvTranspose2DConfig{Stride: [2]int{2, 2}, Act: leaky}, x("x", 1, 2, 3, 3), x("w", 2, 2, 2, 2), x("b", 2))
	up("output padding below the dilation", ConvTranspose2DConfig{Dilation: [2]int{3, 2}, Padding: [2]int{2, 0}, OutputPadding: [2]int{2, 1}}, x("x", 1, 2, 3, 3), x("w", 2, 2, 2, 2), x("b", 2))

	linear := func(name string, act Act, inputs ...optest.Input) {
		add("linear "+name, func(in nodes) (*gorgonia.Node, error) { return Linear(in[0], in[1], bias(in), LinearConfig{act}) }, inputs...)
	}
	linear("plain", nil, x("x", 3, 4), x("w", 2, 4))
	linear("bias", nil, x("x", 1, 7), x("w", 5, 7), x("b", 5))
	linear("relu", relu, x("x", 4, 5), x("w", 6, 5), x("b", 6))
	linear("tanh", tanh, x("x", 4, 5), x("w", 6, 5))

	for i, cfg := range []MaxPool2DConfig{
		{Kernel: [2]int{2, 2}},
		{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Padding: [2]int{1, 1}},
		{Kernel: [2]int{3, 2}, Stride: [2]int{2, 3}, Padding: [2]int{0, 1}, CeilMode: true},
		{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}, Dilation: [2]int{2, 3}},
	} {
		add(fmt.Sprintf("max_pool2d %d", i), func(in nodes) (*gorgonia.Node, error) { return MaxPool2D(in[0], cfg) }, x("x", 2, 2, 6, 7))
	}
	for i, cfg := range []AvgPool2DConfig{
		{Kernel: [2]int{2, 2}},
		{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Padding: [2]int{1, 1}},
		{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Padding: [2]int{1, 1}, CeilMode: true, ExcludePad: true},
		{Kernel: [2]int{3, 2}, Stride: [2]int{2, 3}, Padding: [2]int{0, 1}, CeilMode: true},
	} {
		add(fmt.Sprintf("avg_pool2d %d", i), func(in nodes) (*gorgonia.Node, error) { return AvgPool2D(in[0], cfg) }, x("x", 2, 2, 6, 7))
	}
	for _, size := range [][2]int{{1, 1}, {2, 3}, {6, 7}, {8, 4}} {
		add(fmt.Sprintf("adaptive_avg_pool2d %v", size), func(in nodes) (*gorgonia.Node, error) { return AdaptiveAvgPool2D(in[0], size) }, x("x", 2, 2, 6, 7))
	}
	add("global_avg_pool2d", func(in nodes) (*gorgonia.Node, error) { return GlobalAvgPool2D(in[0]) }, x("x", 2, 3, 4, 5))

	for _, act := range []Act{nil, relu, elu, silu} {
		for _, shape := range [][]int{{3, 4, 2, 3}, {5, 3}} {
			c := shape[1]
			cfg := BatchNormConfig{Act: act, Eps: 1e-3}
			add(fmt.Sprintf("batch_norm_training %v %v", act, shape), func(in nodes) (*gorgonia.Node, error) {
				y, _, _, err := BatchNormTraining(in[0], in[1], in[2], cfg)
				return y, err
			}, x("x", shape...), x("w", c), x("b", c))
			add(fmt.Sprintf("batch_norm_inference %v %v", act, shape), func(in nodes) (*gorgonia.Node, error) {
				return BatchNormInference(in[0], BatchNormNodes{in[1], in[2], in[3], in[4]}, cfg)
			}, x("x", shape...), x("w", c), x("b", c), fixed(x("mean", c)), fixed(positive("var", c)))
			add(fmt.Sprintf("batch_norm_training without affine %v %v", act, shape), func(in nodes) (*gorgonia.Node, error) {
				y, _, _, err := BatchNormTraining(in[0], nil, nil, cfg)
				return y, err
			}, x("x", shape...))
			add(fmt.Sprintf("batch_norm_inference without affine %v %v", act, shape), func(in nodes) (*gorgonia.Node, error) {
				return BatchNormInference(in[0], BatchNormNodes{nil, nil, in[1], in[2]}, cfg)
			}, x("x", shape...), fixed(x("mean", c)), fixed(positive("var", c)))
		}
	}

	for i, cfg := range []LocalResponseNormConfig{
		{}, {Size: 3, Alpha: 0.5, Beta: 0.75, K: 1}, {Size: 4, Alpha: 2, Beta: 1.5, K: 0.5}, {Size: 9, Alpha: 1, Beta: 0.5, K: 2},
	} {
		add(fmt.Sprintf("local_response_norm %d", i), func(in nodes) (*gorgonia.Node, error) { return LocalResponseNorm(in[0], cfg) }, x("x", 2, 6, 2, 3))
	}

	add("concat", func(in nodes) (*gorgonia.Node, error) { return Concat(in...) }, x("a", 2, 1, 2, 3), x("b", 2, 3, 2, 3), x("c", 2, 2, 2, 3))
	add("concat of features", func(in nodes) (*gorgonia.Node, error) { return Concat(in...) }, x("a", 3, 2), x("b", 3, 4))
	add("concat twice", func(in nodes) (*gorgonia.Node, error) { return Concat(in[0], in[1], in[0]) }, x("a", 2, 2), x("b", 2, 1))
	add("slice_channels", func(in nodes) (*gorgonia.Node, error) { return SliceChannels(in[0], 1, 3) }, x("x", 2, 4, 2, 3))
	add("pad_channels", func(in nodes) (*gorgonia.Node, error) { return PadChannels(in[0], 2, 1) }, x("x", 2, 3, 2, 2))
	add("zero_pad2d", func(in nodes) (*gorgonia.Node, error) { return ZeroPad2D(in[0], [2]int{2, 0}, [2]int{1, 3}) }, x("x", 2, 3, 2, 4))
	add("zero_pad2d of nothing", func(in nodes) (*gorgonia.Node, error) { return ZeroPad2D(in[0], [2]int{}, [2]int{}) }, x("x", 1, 2, 2, 3))
	add("pad_channels after", func(in nodes) (*gorgonia.Node, error) { return PadChannels(in[0], 0, 3) }, x("x", 2, 3))
	add("subsample", func(in nodes) (*gorgonia.Node, error) { return Subsample(in[0], [2]int{2, 2}) }, x("x", 2, 2, 5, 4))
	add("subsample 3 and 1", func(in nodes) (*gorgonia.Node, error) { return Subsample(in[0], [2]int{3, 1}) }, x("x", 1, 2, 7, 2))

	for _, shape := range [][]int{{}, {4}, {2, 3}, {2, 2, 2, 2}} {
		add(fmt.Sprintf("add %v", shape), func(in nodes) (*gorgonia.Node, error) { return Add(in...) }, x("a", shape...), x("b", shape...), x("c", shape...))
		add(fmt.Sprintf("scale %v", shape), func(in nodes) (*gorgonia.Node, error) { return Scale(in[0], -0.75) }, x("a", shape...))
		add(fmt.Sprintf("mul %v", shape), func(in nodes) (*gorgonia.Node, error) { return Mul(in[0], in[1]) }, x("a", shape...), x("b", shape...))
		for _, act := range []Act{nil, relu, elu, tanh, silu} {
			add(fmt.Sprintf("add_act %v %v", act, shape), func(in nodes) (*gorgonia.Node, error) { return AddAct(in[0], in[1], act) }, x("a", shape...), x("bb", shape...))
		}
	}
	add("add twice", func(in nodes) (*gorgonia.Node, error) { return Add(in[0], in[1], in[0]) }, x("a", 3), x("b", 3))
	add("mul by itself", func(in nodes) (*gorgonia.Node, error) { return Mul(in[0], in[0]) }, x("a", 3))
	add("scale_channels", func(in nodes) (*gorgonia.Node, error) { return ScaleChannels(in[0], in[1]) }, x("x", 2, 3, 2, 3), x("s", 2, 3))
	add("flatten", func(in nodes) (*gorgonia.Node, error) { return Flatten(in[0]) }, x("x", 2, 3, 2, 2))
	add("reshape", func(in nodes) (*gorgonia.Node, error) { return Reshape(in[0], 3, -1, 2) }, x("x", 2, 3, 4))
	add("reshape to scalar", func(in nodes) (*gorgonia.Node, error) { return Reshape(in[0]) }, x("x", 1))

	for _, act := range []Act{relu, leaky, elu, silu, GELU} {
		add(fmt.Sprintf("activate %v", act), func(in nodes) (*gorgonia.Node, error) { return Activate(in[0], act) }, x("x", 3, 5))
	}
	add("softmax", func(in nodes) (*gorgonia.Node, error) { return Softmax(in[0]) }, x("x", 3, 5))
	add("softmax of one", func(in nodes) (*gorgonia.Node, error) { return Softmax(in[0]) }, x("x", 1, 2))
	add("log_softmax", func(in nodes) (*gorgonia.Node, error) { return LogSoftmax(in[0]) }, x("x", 3, 5))
	for _, smoothing := range []float64{0, 0.1, 1} {
		add(fmt.Sprintf("cross_entropy %v", smoothing), func(in nodes) (*gorgonia.Node, error) {
			return CrossEntropy(in[0], in[1], CrossEntropyConfig{Smoothing: smoothing})
		},
			x("x", 4, 5), optest.Labels("labels", 3, 0, 4, 3))
	}
	labels := optest.Labels("labels", 3, 0, 4, 3)
	weights := []float64{0.5, 2, 0, 1, 3}
	for _, cfg := range []CrossEntropyConfig{{}, {Smoothing: 0.2}, {ClassWeights: weights}, {Smoothing: 0.3, ClassWeights: weights}} {
		add(fmt.Sprintf("cross_entropy %v", cfg), func(in nodes) (*gorgonia.Node, error) { return CrossEntropy(in[0], in[1], cfg) }, x("x", 4, 5), labels)
		add(fmt.Sprintf("soft_cross_entropy %v", cfg), func(in nodes) (*gorgonia.Node, error) { return SoftCrossEntropy(in[0], in[1], cfg) },
			x("x", 4, 5), fixed(positive("q", 4, 5)))
	}
	for _, w := range [][]float64{nil, {3}, {0.5, 0, 2}} {
		add(fmt.Sprintf("binary_cross_entropy %v", w), func(in nodes) (*gorgonia.Node, error) {
			return BinaryCrossEntropy(in[0], in[1], BinaryCrossEntropyConfig{w})
		}, x("x", 4, 3, 2), fixed(positive("t", 4, 3, 2)))
	}
	for _, shape := range [][]int{{}, {7}, {2, 3, 2, 2}} {
		add(fmt.Sprintf("inner_product %v", shape), func(in nodes) (*gorgonia.Node, error) { return InnerProduct(in[0], in[1]) }, x("x", shape...), fixed(x("weights", shape...)))
		add(fmt.Sprintf("mean_squared %v", shape), func(in nodes) (*gorgonia.Node, error) { return MeanSquared(in[0], in[1]) }, x("x", shape...), fixed(x("target", shape...)))
		add(fmt.Sprintf("mean_absolute %v", shape), func(in nodes) (*gorgonia.Node, error) { return MeanAbsolute(in[0], in[1]) }, x("x", shape...), fixed(x("target", shape...)))
		for _, delta := range []float64{0, 0.4} {
			add(fmt.Sprintf("huber %v %v", delta, shape), func(in nodes) (*gorgonia.Node, error) { return Huber(in[0], in[1], HuberConfig{delta}) }, x("x", shape...), fixed(x("target", shape...)))
		}
	}
	add("weighted_sum", func(in nodes) (*gorgonia.Node, error) { return WeightedSum(in, []float64{1, 0.3, -2}) }, x("a"), x("bb"), x("ccc"))
	return all
}

// TestGrad differentiates by gorgonia.Grad, through graphs that mix every
// operation with Gorgonia's own.
func TestGrad(t *testing.T) {
	for _, c := range gradientCases() {
		t.Run(c.name, func(t *testing.T) { optest.CheckGrad(t, c.build, c.inputs...) })
	}
}

func TestGradients(t *testing.T) {
	for _, c := range gradientCases() {
		t.Run(c.name, func(t *testing.T) { optest.Check(t, c.build, c.inputs...) })
	}
}

// TestGradRefusesInference: what has no derivative says so to gorgonia.Grad.
func TestGradRefusesInference(t *testing.T) {
	g := gorgonia.NewGraph()
	n := func(name string, shape ...int) *gorgonia.Node {
		return optest.Node[float64](g, optest.X(name, shape...))
	}
	x, w, v := n("x", 1, 2, 4, 4), n("w", 2, 2, 3, 3), n("v", 2)
	folded, _, err := BatchNormFold(w, nil, BatchNormNodes{v, v, v, v}, BatchNormConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for name, y := range map[string]*gorgonia.Node{
		"conv2d_inference":   gorgonia.Must(Conv2DInference(x, w, nil, Conv2DInferenceConfig{})),
		"batch_norm_fold":    folded,
		"batch_norm_running": gorgonia.Must(BatchNormRunning(w, w, 0.1, 1)),
	} {
		if _, err := gorgonia.Grad(gorgonia.Must(gorgonia.Sum(y)), w); err == nil {
			t.Errorf("%s: gorgonia.Grad finds a gradient", name)
		}
	}
}

package ops

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// power is 2^n, or less where an int has 32 bits.
func power(n int) int { return 1 << min(n, bits.UintSize-2) }

// edge draws numbers that users mean and numbers at which integers break.
var edge = rapid.OneOf(
	rapid.IntRange(-2, 6),
	rapid.SampledFrom([]int{
		math.MaxInt, math.MaxInt - 1, math.MinInt, math.MinInt + 1, math.MaxInt/2 + 1, math.MaxInt / 2, math.MaxInt / 4,
		math.MaxInt32, power(31), math.MinInt32, power(32) - 1, power(32), power(40), 1 << 20, 1 << 16, 255, 256,
	}),
)

func edges(t *rapid.T, name string) [2]int {
	return [2]int{edge.Draw(t, name+"H"), edge.Draw(t, name+"W")}
}

// usual is a pair that is more often harmless than not, so that one absurd
// number meets otherwise good ones.
func usual(t *rapid.T, name string) [2]int {
	if rapid.IntRange(0, 2).Draw(t, name+" absurd") > 0 {
		return [2]int{rapid.IntRange(0, 3).Draw(t, name+"H"), rapid.IntRange(0, 3).Draw(t, name+"W")}
	}
	return edges(t, name)
}

// configured are the operations with integers in their configuration.
var configured = map[string]func(t *rapid.T, x, w, s *gorgonia.Node) (*gorgonia.Node, error){
	"conv2d": func(t *rapid.T, x, w, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return Conv2D(x, w, nil, Conv2DConfig{Stride: usual(t, "stride"), Padding: usual(t, "padding"), Dilation: usual(t, "dilation"),
			Groups: rapid.SampledFrom([]int{0, 1, 2, -1, math.MaxInt, math.MinInt}).Draw(t, "groups"), Fast: rapid.Bool().Draw(t, "fast")})
	},
	"conv2d_inference": func(t *rapid.T, x, w, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return Conv2DInference(x, w, nil, Conv2DInferenceConfig{Conv2DConfig: Conv2DConfig{Stride: usual(t, "stride"), Padding: usual(t, "padding"), Dilation: usual(t, "dilation")}})
	},
	"conv_transpose2d": func(t *rapid.T, x, w, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return ConvTranspose2D(x, w, nil, ConvTranspose2DConfig{Stride: usual(t, "stride"), Padding: usual(t, "padding"), OutputPadding: usual(t, "output padding"),
			Dilation: usual(t, "dilation"), Groups: rapid.SampledFrom([]int{0, 1, 2, -1, math.MaxInt, math.MinInt}).Draw(t, "groups")})
	},
	"max_pool2d": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return MaxPool2D(x, MaxPool2DConfig{Kernel: usual(t, "kernel"), Stride: usual(t, "stride"), Padding: usual(t, "padding"), Dilation: usual(t, "dilation"), CeilMode: rapid.Bool().Draw(t, "ceil")})
	},
	"avg_pool2d": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return AvgPool2D(x, AvgPool2DConfig{Kernel: usual(t, "kernel"), Stride: usual(t, "stride"), Padding: usual(t, "padding"), CeilMode: rapid.Bool().Draw(t, "ceil"), ExcludePad: rapid.Bool().Draw(t, "exclude")})
	},
	"adaptive_avg_pool2d": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return AdaptiveAvgPool2D(x, edges(t, "out"))
	},
	"local_response_norm": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return LocalResponseNorm(x, LocalResponseNormConfig{Size: edge.Draw(t, "size")})
	},
	"pad_channels": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return PadChannels(x, edge.Draw(t, "before"), edge.Draw(t, "after"))
	},
	"zero_pad2d": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return ZeroPad2D(x, edges(t, "before"), edges(t, "after"))
	},
	"slice_channels": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return SliceChannels(x, edge.Draw(t, "from"), edge.Draw(t, "to"))
	},
	"reshape": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return Reshape(x, rapid.SliceOfN(edge, 0, 5).Draw(t, "shape")...)
	},
	"subsample": func(t *rapid.T, x, _, _ *gorgonia.Node) (*gorgonia.Node, error) {
		return Subsample(x, edges(t, "stride"))
	},
}

// TestSettingsAtTheEdges: whatever the integers, an operation refuses them with
// an error of its own or makes a node that this machine can hold, whose
// derivative and, where small, whose run work.
func TestSettingsAtTheEdges(t *testing.T) {
	for name, build := range configured {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := gorgonia.NewGraph()
				x := optest.Node[float32](g, optest.X("x", 2, 4, rapid.IntRange(1, 6).Draw(t, "h"), rapid.IntRange(1, 6).Draw(t, "w")))
				w := optest.Node[float32](g, optest.X("w", 4, rapid.SampledFrom([]int{4, 2}).Draw(t, "channels"), rapid.IntRange(1, 3).Draw(t, "kh"), rapid.IntRange(1, 3).Draw(t, "kw")))
				y, err := build(t, x, w, nil)
				checkEdge(t, name, y, err, 1<<16)
			})
		})
	}
}

// checkEdge checks what an operation made or its error, and runs what has no
// more than so many elements.
func checkEdge(t *rapid.T, name string, y *gorgonia.Node, err error, runs int) {
	if err != nil {
		if !strings.Contains(err.Error(), name) {
			t.Fatalf("error does not name %s: %v", name, err)
		}
		return
	}
	for _, d := range y.Shape() {
		if d < 1 {
			t.Fatalf("result has shape %v", y.Shape())
		}
	}
	if err := size.FitShape("result", y.Shape(), 4); err != nil {
		t.Fatal(err)
	}
	g := y.Graph()
	var wrt gorgonia.Nodes
	for _, n := range g.AllNodes() {
		if n.Name() == "x" {
			wrt = append(wrt, n)
		}
	}
	if y == wrt[0] || name == "conv2d_inference" || name == "batch_norm_running" { // without a derivative
		return
	}
	small := y.Shape().TotalSize() <= runs
	var dy *gorgonia.Node
	if small {
		dy = optest.Node[float32](g, optest.X("dy", y.Shape()...))
	} else {
		dy = gorgonia.NewTensor(g, tensor.Float32, y.Shape().Dims(), gorgonia.WithShape(y.Shape()...), gorgonia.WithName("dy"))
	}
	if _, err := gorgonia.Backpropagate(gorgonia.Nodes{y}, gorgonia.Nodes{dy}, wrt); err != nil {
		t.Fatalf("derivative: %v", err)
	}
	if !small || len(wrt) > 0 && wrt[0].Value() == nil {
		return
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatalf("run: %v", err)
	}
}

// shaped are all operations, given x and two more nodes.
func shaped(x, y, v, labels *gorgonia.Node) map[string]func() (*gorgonia.Node, error) {
	norm := BatchNormNodes{v, v, v, v}
	return map[string]func() (*gorgonia.Node, error){
		"relu":           func() (*gorgonia.Node, error) { return Activate(x, ReLU) },
		"add":            func() (*gorgonia.Node, error) { return Add(x, y, x) },
		"add_act":        func() (*gorgonia.Node, error) { return AddAct(x, y, SiLU) },
		"mul":            func() (*gorgonia.Node, error) { return Mul(x, y) },
		"concat":         func() (*gorgonia.Node, error) { return Concat(x, y, x) },
		"flatten":        func() (*gorgonia.Node, error) { return Flatten(x) },
		"reshape":        func() (*gorgonia.Node, error) { return Reshape(x, -1) },
		"scale":          func() (*gorgonia.Node, error) { return Scale(x, 2) },
		"scale_channels": func() (*gorgonia.Node, error) { return ScaleChannels(x, y) },
		"softmax":        func() (*gorgonia.Node, error) { return Softmax(x) },
		"log_softmax":    func() (*gorgonia.Node, error) { return LogSoftmax(x) },
		"dropout":        func() (*gorgonia.Node, error) { return Dropout(x, DropoutConfig{P: 0.5}) },
		"linear":         func() (*gorgonia.Node, error) { return Linear(x, y, nil, LinearConfig{}) },
		"linear with bias": func() (*gorgonia.Node, error) {
			return Linear(x, y, v, LinearConfig{})
		},
		"conv2d":           func() (*gorgonia.Node, error) { return Conv2D(x, y, nil, Conv2DConfig{}) },
		"conv2d_inference": func() (*gorgonia.Node, error) { return Conv2DInference(x, y, v, Conv2DInferenceConfig{Sum: x}) },
		"conv_transpose2d": func() (*gorgonia.Node, error) {
			return ConvTranspose2D(x, y, nil, ConvTranspose2DConfig{Dilation: [2]int{3, 3}, OutputPadding: [2]int{2, 2}})
		},
		"max_pool2d":          func() (*gorgonia.Node, error) { return MaxPool2D(x, MaxPool2DConfig{Kernel: [2]int{2, 2}}) },
		"avg_pool2d":          func() (*gorgonia.Node, error) { return AvgPool2D(x, AvgPool2DConfig{Kernel: [2]int{2, 2}}) },
		"adaptive_avg_pool2d": func() (*gorgonia.Node, error) { return AdaptiveAvgPool2D(x, [2]int{2, 3}) },
		"global_avg_pool2d":   func() (*gorgonia.Node, error) { return GlobalAvgPool2D(x) },
		"local_response_norm": func() (*gorgonia.Node, error) { return LocalResponseNorm(x, LocalResponseNormConfig{}) },
		"pad_channels":        func() (*gorgonia.Node, error) { return PadChannels(x, 1, 2) },
		"zero_pad2d":          func() (*gorgonia.Node, error) { return ZeroPad2D(x, [2]int{1, 0}, [2]int{2, 1}) },
		"slice_channels":      func() (*gorgonia.Node, error) { return SliceChannels(x, 0, 1) },
		"subsample":           func() (*gorgonia.Node, error) { return Subsample(x, [2]int{2, 2}) },
		"batch_norm": func() (*gorgonia.Node, error) {
			y, _, _, err := BatchNormTraining(x, v, v, BatchNormConfig{})
			return y, err
		},
		"batch_norm inference": func() (*gorgonia.Node, error) { return BatchNormInference(x, norm, BatchNormConfig{}) },
		"batch_norm_fold": func() (*gorgonia.Node, error) {
			w, _, err := BatchNormFold(x, v, norm, BatchNormConfig{})
			return w, err
		},
		"batch_norm_running": func() (*gorgonia.Node, error) { return BatchNormRunning(x, y, 0.1, 1) },
		"cross_entropy":      func() (*gorgonia.Node, error) { return CrossEntropy(x, labels, CrossEntropyConfig{Smoothing: 0.1}) },
		"soft_cross_entropy": func() (*gorgonia.Node, error) { return SoftCrossEntropy(x, y, CrossEntropyConfig{}) },
		"binary_cross_entropy": func() (*gorgonia.Node, error) {
			return BinaryCrossEntropy(x, y, BinaryCrossEntropyConfig{[]float64{2, 3}})
		},
		"mean_squared":  func() (*gorgonia.Node, error) { return MeanSquared(x, y) },
		"inner_product": func() (*gorgonia.Node, error) { return InnerProduct(x, y) },
		"mean_absolute": func() (*gorgonia.Node, error) { return MeanAbsolute(x, y) },
		"huber":         func() (*gorgonia.Node, error) { return Huber(x, y, HuberConfig{}) },
		"weighted_sum":  func() (*gorgonia.Node, error) { return WeightedSum(nodes{x, y}, []float64{1, 2}) },
	}
}

// TestShapesAtTheEdges: whatever the inputs' shapes, zero, negative and beyond
// counting included, every operation makes a node that this machine can hold
// or returns an error.
func TestShapesAtTheEdges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := gorgonia.NewGraph()
		node := func(name string, of tensor.Dtype, dims int) *gorgonia.Node {
			shape := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 4), edge), dims, dims).Draw(t, name)
			if dims == 0 {
				return gorgonia.NewScalar(g, of, gorgonia.WithName(name))
			}
			return gorgonia.NewTensor(g, of, dims, gorgonia.WithShape(shape...), gorgonia.WithName(name))
		}
		dims := rapid.IntRange(0, 5)
		x := node("x", tensor.Float32, dims.Draw(t, "x dims"))
		y, v := x, node("v", tensor.Float32, 1)
		if rapid.Bool().Draw(t, "two shapes") {
			y = node("y", tensor.Float32, dims.Draw(t, "y dims"))
		}
		labels := node("labels", tensor.Int, 1)
		for name, f := range shaped(x, y, v, labels) {
			made, err := f()
			base, _, _ := strings.Cut(name, " ")
			if err == nil && base == "batch_norm_fold" {
				continue
			}
			checkEdge(t, base, made, err, 0)
		}
	})
}

// TestNoNodeIsTooBroken: nil, without a type, without a shape, of no graph, of
// another one or of the wrong type, in every place: an error and no panic.
func TestNoNodeIsTooBroken(t *testing.T) {
	g, other := gorgonia.NewGraph(), gorgonia.NewGraph()
	good := func(name string, shape ...int) *gorgonia.Node {
		return optest.Node[float32](g, optest.X(name, shape...))
	}
	broken := map[string]*gorgonia.Node{
		"nil":           nil,
		"zero":          new(gorgonia.Node),
		"no type":       gorgonia.NewUniqueNode(gorgonia.In(g), gorgonia.WithName("typeless")),
		"no shape":      gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithName("shapeless")),
		"shapeless row": gorgonia.NewTensor(g, tensor.Float32, 1, gorgonia.WithName("shapeless row")),
		"another graph": optest.Node[float32](other, optest.X("stranger", 2, 3, 4, 5)),
		"double":        optest.Node[float64](g, optest.X("double", 2, 3, 4, 5)),
		"strings":       gorgonia.NewTensor(g, tensor.String, 4, gorgonia.WithShape(2, 3, 4, 5), gorgonia.WithName("strings")),
		"int":           gorgonia.NewTensor(g, tensor.Int, 4, gorgonia.WithShape(2, 3, 4, 5), gorgonia.WithName("int")),
	}
	x, v, labels := good("x", 2, 3, 4, 5), good("v", 3), optest.Node[float32](g, optest.Labels("labels", 0, 1))
	for what, b := range broken {
		for place, set := range map[string]map[string]func() (*gorgonia.Node, error){
			"first": shaped(b, x, v, labels), "second": shaped(x, b, v, labels), "vector": shaped(x, x, b, labels), "labels": shaped(x, x, v, b), "all": shaped(b, b, b, b),
		} {
			for name, f := range set {
				func() {
					defer func() {
						if r := recover(); r != nil {
							t.Errorf("%s: %s as the %s node: panic: %v", name, what, place, r)
						}
					}()
					if y, err := f(); err == nil && y == nil {
						t.Errorf("%s: %s as the %s node: neither a node nor an error", name, what, place)
					} else if err == nil && place == "all" && what != "double" && what != "another graph" {
						t.Errorf("%s: %s as every node: no error", name, what)
					}
				}()
			}
		}
	}
}

// TestAbsurdSizesAreRefused: what used to panic, to be accepted or to ask for
// all memory and more.
func TestAbsurdSizesAreRefused(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float32](g, optest.X("x", 1, 2, 5, 5))
	w := optest.Node[float32](g, optest.X("w", 2, 2, 3, 3))
	many := make(nodes, 1<<12)
	wide := gorgonia.NewTensor(g, tensor.Float32, 3, gorgonia.WithShape(1, math.MaxInt/4096, 1), gorgonia.WithName("wide"))
	for i := range many {
		many[i] = wide
	}
	conv := func(cfg Conv2DConfig) error {
		_, err := Conv2D(x, w, nil, cfg)
		return err
	}
	up := func(cfg ConvTranspose2DConfig) error {
		_, err := ConvTranspose2D(x, w, nil, cfg)
		return err
	}
	pool := func(cfg MaxPool2DConfig) error {
		_, err := MaxPool2D(x, cfg)
		return err
	}
	of := func(_ *gorgonia.Node, err error) error { return err }
	for i, c := range []struct {
		err  error
		want string
	}{
		{of(Reshape(x, power(32), power(32), -1)), "reshape: shape (4294967296, 4294967296, -1): "},
		{of(Reshape(x, math.MaxInt, 2)), "reshape: shape"},
		{of(PadChannels(x, math.MaxInt, 0)), "pad_channels: channels: "},
		{of(PadChannels(x, power(40), power(40))), "pad_channels: result of shape "},
		{of(ZeroPad2D(x, [2]int{math.MaxInt, 0}, [2]int{})), "zero_pad2d: size: "},
		{of(ZeroPad2D(x, [2]int{power(40), 0}, [2]int{0, power(40)})), "zero_pad2d: result of shape "},
		{of(AdaptiveAvgPool2D(x, [2]int{power(30), power(30)})), "adaptive_avg_pool2d: result of shape "},
		{of(AdaptiveAvgPool2D(x, [2]int{math.MaxInt, math.MaxInt})), "adaptive_avg_pool2d: result of shape "},
		{conv(Conv2DConfig{Padding: [2]int{1 << 20, 1 << 20}}), "conv2d: result of shape "},
		{conv(Conv2DConfig{Padding: [2]int{power(31), power(31)}}), "conv2d: result of shape "},
		{conv(Conv2DConfig{Padding: [2]int{power(62), power(62)}}), "conv2d: padding: "},
		{up(ConvTranspose2DConfig{Stride: [2]int{power(40), power(40)}}), "conv_transpose2d: "},
		{up(ConvTranspose2DConfig{Stride: [2]int{math.MaxInt, 1}}), "conv_transpose2d: stride: "},
		{up(ConvTranspose2DConfig{Dilation: [2]int{power(40), 1}, OutputPadding: [2]int{power(40) - 1, 0}}), "conv_transpose2d: "},
		{up(ConvTranspose2DConfig{Dilation: [2]int{math.MaxInt, 1}, OutputPadding: [2]int{math.MaxInt - 1, 0}}), "conv_transpose2d: "},
		{pool(MaxPool2DConfig{Kernel: [2]int{power(40), power(40)}}), "max_pool2d: input is 5x5, kernel 1099511627776x1099511627776 "},
		{of(Concat(many...)), "concat: input 0: wide: needs "},
		{of(Linear(optest.Node[float32](g, optest.X("row", 1, 2)), gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithShape(power(62), 2), gorgonia.WithName("huge")), nil, LinearConfig{})), "linear: input 1"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), c.want) {
			t.Errorf("%d: error is %v, want %s", i, c.err, c.want)
		}
	}
	if y, err := Subsample(x, [2]int{math.MaxInt, math.MaxInt}); err != nil || fmt.Sprint(y.Shape()) != "(1, 2, 1, 1)" {
		t.Errorf("subsample by the largest stride: %v, %v", y, err)
	}
}

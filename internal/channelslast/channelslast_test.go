package channelslast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// canary stands where an operation has no business.
const canary = 1e30

// rig is a graph in which an operation runs on images (N, C, H, W) and its
// sibling here on the same images with channels last.
type rig struct {
	rapid.TB
	g      *gorgonia.ExprGraph
	rng    *rand.Rand
	bound  map[*gorgonia.Node][]float32
	images []Image
}

func newRig(t rapid.TB, seed uint64) *rig {
	return &rig{TB: t, g: gorgonia.NewGraph(), rng: rand.New(rand.NewPCG(seed, 1)), bound: map[*gorgonia.Node][]float32{}}
}

// node is an input of random numbers.
func (r *rig) node(shape ...int) *gorgonia.Node {
	data := make([]float32, tensor.Shape(shape).TotalSize())
	for i := range data {
		data[i] = float32(r.rng.NormFloat64())
	}
	name := fmt.Sprintf("x%d", r.rng.Uint64())
	return gorgonia.NewTensor(r.g, tensor.Float32, len(shape), gorgonia.WithShape(shape...), gorgonia.WithName(name),
		gorgonia.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))))
}

// last is x with channels last and at times wider pixels.
func (r *rig) last(x *gorgonia.Node) Image {
	return r.wider(must(r, FromNCHW, x))
}

// wider gives x at times another pixel stride, and fills its memory.
func (r *rig) wider(x Image) Image {
	if r.rng.IntN(2) == 0 {
		stride := x.C + r.rng.IntN(40)
		var err error
		if x, err = Restride(x, stride); err != nil {
			r.Fatal(err)
		}
		if x.Stride() != stride {
			r.Fatalf("stride is %d, want %d", x.Stride(), stride)
		}
	}
	buf := make([]float32, x.Node.Shape().TotalSize())
	for i := range buf {
		buf[i] = canary
	}
	if err := op.Bind(op.Of(x.Node), buf); err != nil {
		r.Fatal(err)
	}
	r.bound[x.Node] = buf
	r.images = append(r.images, x)
	return x
}

func must[X, Y any](r *rig, f func(X) (Y, error), x X) Y {
	y, err := f(x)
	if err != nil {
		r.Fatal(err)
	}
	return y
}

// compare runs both and compares them, and looks for the canaries.
func (r *rig) compare(want *gorgonia.Node, got Image, err1, err2 error, tol float64) {
	if err1 != nil || err2 != nil {
		r.Fatalf("errors: %v, %v", err1, err2)
	}
	if o, ok := Of(got.Node); !ok || o != got {
		r.Fatalf("Of gives %v, want %v", o, got)
	}
	r.compareNodes(want, must(r, ToNCHW, r.wider(got)), nil, nil, tol)
}

func (r *rig) compareNodes(want, got *gorgonia.Node, err1, err2 error, tol float64) {
	if err1 != nil || err2 != nil {
		r.Fatalf("errors: %v, %v", err1, err2)
	}
	if !want.Shape().Eq(got.Shape()) {
		r.Fatalf("shape is %v, want %v", got.Shape(), want.Shape())
	}
	sub := r.g.SubgraphRoots(want, got)
	m := gorgonia.NewTapeMachine(sub)
	defer m.Close()
	for run := range 2 { // the second finds what the first left
		m.Reset()
		if err := m.RunAll(); err != nil {
			r.Fatal(op.Failure(err))
		}
		w, g := want.Value().Data().([]float32), got.Value().Data().([]float32)
		for i, v := range w {
			if d := math.Abs(float64(v - g[i])); !(d <= tol*(1+math.Abs(float64(v)))) && !(v != v && g[i] != g[i]) && v != g[i] {
				r.Fatalf("run %d, element %d of %v: got %v, want %v", run, i, want.Shape(), g[i], v)
			}
		}
	}
	for _, x := range r.images {
		for i, v := range r.bound[x.Node] {
			if i%x.Stride() >= x.C && v != canary {
				r.Fatalf("%v writes between pixels", x.Node.Op())
			}
		}
	}
}

func dims(t *rapid.T) (n, c, h, w int) {
	return rapid.IntRange(1, 3).Draw(t, "n"), rapid.IntRange(1, 70).Draw(t, "c"),
		rapid.IntRange(1, 20).Draw(t, "h"), rapid.IntRange(1, 20).Draw(t, "w")
}

var acts = []ops.Act{nil, ops.ReLU, ops.ReLU6, ops.HardSwish, ops.SiLU, ops.LeakyReLU(0.1)}

func drawAct(t *rapid.T) ops.Act { return rapid.SampledFrom(acts).Draw(t, "act") }

// check runs the operation of property on random images.
func check(t *testing.T, property func(t *rapid.T, r *rig, x *gorgonia.Node)) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRig(t, rapid.Uint64().Draw(t, "seed"))
		n, c, h, w := dims(t)
		property(t, r, r.node(n, c, h, w))
	})
}

func TestLayout(t *testing.T) {
	check(t, func(_ *rapid.T, r *rig, x *gorgonia.Node) {
		got := must(r, FromNCHW, x)
		if s := got.Node.Shape()[3]; s != kernel.PixelStride(got.C) {
			r.Fatalf("stride is %d", s)
		}
		r.compare(x, got, nil, nil, 0)
	})
}

func TestConv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRig(t, rapid.Uint64().Draw(t, "seed"))
		n, c, h, w := dims(t)
		cfg := ops.Conv2DConfig{
			Stride:   [2]int{rapid.IntRange(1, 2).Draw(t, "sh"), rapid.IntRange(1, 2).Draw(t, "sw")},
			Padding:  [2]int{rapid.IntRange(0, 3).Draw(t, "ph"), rapid.IntRange(0, 3).Draw(t, "pw")},
			Dilation: [2]int{rapid.IntRange(1, 2).Draw(t, "dh"), rapid.IntRange(1, 2).Draw(t, "dw")},
			Groups:   rapid.SampledFrom([]int{1, c}).Draw(t, "groups"),
		}
		kh := rapid.IntRange(1, min(5, (h+2*cfg.Padding[0]-1)/cfg.Dilation[0]+1)).Draw(t, "kh")
		kw := rapid.IntRange(1, min(5, (w+2*cfg.Padding[1]-1)/cfg.Dilation[1]+1)).Draw(t, "kw")
		o := c
		if cfg.Groups == 1 {
			o = rapid.IntRange(1, 40).Draw(t, "o")
		}
		act := drawAct(t)
		geometry := kernel.Conv{
			N: n, C: c, H: h, W: w, O: o, KH: kh, KW: kw, SH: cfg.Stride[0], SW: cfg.Stride[1], PH: cfg.Padding[0], PW: cfg.Padding[1],
			DH: cfg.Dilation[0], DW: cfg.Dilation[1], Groups: cfg.Groups,
		}
		algorithms := kernel.PixelConvs(geometry)
		last := ConvConfig{Conv: geometry, Act: act, Algorithm: rapid.SampledFrom(algorithms).Draw(t, "algorithm").Name}
		x, weight := r.node(n, c, h, w), r.node(o, c/cfg.Groups, kh, kw)
		var bias, sum *gorgonia.Node
		var lastSum Image
		if rapid.Bool().Draw(t, "bias") {
			bias = r.node(o)
		}
		if rapid.Bool().Draw(t, "sum") {
			sum = r.node(n, o, geometry.OutH(), geometry.OutW())
			lastSum = r.last(sum)
		}
		cfg.Act = act
		want, err1 := ops.Conv2DInference(x, weight, bias, ops.Conv2DInferenceConfig{Conv2DConfig: cfg, Sum: sum})
		prepared, err := Prepare(weight, last)
		if err != nil {
			r.Fatal(err)
		}
		got, err2 := Conv(r.last(x), prepared, bias, lastSum, last)
		r.compare(want, got, err1, err2, 1e-4)
	})
}

func pair(t *rapid.T, name string, least, most int) [2]int {
	g := rapid.IntRange(least, most)
	return [2]int{g.Draw(t, name), g.Draw(t, name)}
}

func TestPools(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		h, w := x.Shape()[2], x.Shape()[3]
		kernel := [2]int{rapid.IntRange(1, min(5, h)).Draw(t, "kh"), rapid.IntRange(1, min(5, w)).Draw(t, "kw")}
		if min(h, w) >= 3 && rapid.Bool().Draw(t, "usual") { // what has code of its own
			kernel = [2]int{3, 3}
		}
		padding := [2]int{rapid.IntRange(0, kernel[0]/2).Draw(t, "ph"), rapid.IntRange(0, kernel[1]/2).Draw(t, "pw")}
		stride, ceil := pair(t, "stride", 0, 3), rapid.Bool().Draw(t, "ceil")
		nan := rapid.IntRange(0, 3).Draw(t, "nan") == 0
		if nan {
			data := x.Value().Data().([]float32)
			data[r.rng.IntN(len(data))] = float32(math.NaN())
		}
		if rapid.Bool().Draw(t, "average") {
			cfg := ops.AvgPool2DConfig{Kernel: kernel, Stride: stride, Padding: padding, CeilMode: ceil, ExcludePad: rapid.Bool().Draw(t, "exclude")}
			want, err1 := ops.AvgPool2D(x, cfg)
			got, err2 := AvgPool(r.last(x), cfg)
			r.compare(want, got, err1, err2, 1e-5)
			return
		}
		cfg := ops.MaxPool2DConfig{Kernel: kernel, Stride: stride, Padding: padding, CeilMode: ceil}
		if (kernel[0]-1)*2+1 <= h && (kernel[1]-1)*2+1 <= w {
			cfg.Dilation = pair(t, "dilation", 1, 2)
		}
		want, err1 := ops.MaxPool2D(x, cfg)
		got, err2 := MaxPool(r.last(x), cfg)
		r.compare(want, got, err1, err2, 0)
	})
}

func TestAdaptiveAvgPool(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		size := pair(t, "size", 1, 7)
		want, err1 := ops.AdaptiveAvgPool2D(x, size)
		got, err2 := AdaptiveAvgPool(r.last(x), size)
		r.compare(want, got, err1, err2, 1e-5)
	})
}

func TestGlobalAvgPool(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		want, err1 := ops.GlobalAvgPool2D(x)
		got, err2 := GlobalAvgPool(r.last(x))
		r.compareNodes(want, got, err1, err2, 1e-5)
	})
}

func TestElementwise(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		s := x.Shape()
		act := drawAct(t)
		xs, lasts := []*gorgonia.Node{x}, []Image{r.last(x)}
		for range rapid.IntRange(1, 10).Draw(t, "more") {
			more := r.node(s...)
			xs, lasts = append(xs, more), append(lasts, r.last(more))
		}
		want, err1 := ops.Add(xs...)
		if err1 == nil {
			want, err1 = ops.Activate(want, act)
		}
		got, err2 := AddAct(act, lasts...)
		r.compare(want, got, err1, err2, 1e-5)

		want, err1 = ops.Activate(x, act)
		got, err2 = Act(lasts[0], act)
		r.compare(want, got, err1, err2, 1e-5)

		gate := r.node(s[0], s[1])
		want, err1 = ops.ScaleChannels(x, gate)
		got, err2 = ScaleChannels(lasts[0], gate)
		r.compare(want, got, err1, err2, 0)

		zero := gorgonia.NewConstant(tensor.New(tensor.WithShape(s[1]), tensor.WithBacking(make([]float32, s[1]))))
		one := gorgonia.NewConstant(tensor.New(tensor.WithShape(s[1]), tensor.WithBacking(ones(s[1]))))
		scale, shift := r.node(s[1]), r.node(s[1])
		want, err1 = ops.BatchNormInference(x, ops.BatchNormNodes{Weight: scale, Bias: shift, Mean: zero, Variance: one}, ops.BatchNormConfig{Eps: 1e-12, Act: act})
		got, err2 = Affine(lasts[0], scale, shift, act)
		r.compare(want, got, err1, err2, 1e-5)
	})
}

func TestSqueezeExcite(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		s := x.Shape()
		hidden := rapid.IntRange(1, 9).Draw(t, "hidden")
		nodes := ops.SqueezeExciteNodes{Weight1: r.node(hidden, s[1]), Weight2: r.node(s[1], hidden)}
		if rapid.Bool().Draw(t, "biases") {
			nodes.Bias1, nodes.Bias2 = r.node(hidden), r.node(s[1])
		}
		cfg := ops.SqueezeExciteInferenceConfig{Act: drawAct(t), Gate: rapid.SampledFrom([]ops.Act{ops.Sigmoid, ops.HardSigmoid}).Draw(t, "gate"), Out: drawAct(t)}
		var sum Image
		if rapid.Bool().Draw(t, "sum") {
			cfg.Sum = r.node(s...)
			sum = r.last(cfg.Sum)
		}
		want, err1 := ops.SqueezeExciteInference(x, nodes, cfg)
		got, err2 := SqueezeExcite(r.last(x), sum, nodes, cfg)
		r.compare(want, got, err1, err2, 1e-4)
	})
}

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func TestLocalResponseNorm(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		cfg := ops.LocalResponseNormConfig{Size: rapid.IntRange(0, 9).Draw(t, "size"), Alpha: 0.1, Beta: rapid.SampledFrom([]float64{0.75, 0.6}).Draw(t, "beta")}
		want, err1 := ops.LocalResponseNorm(x, cfg)
		got, err2 := LocalResponseNorm(r.last(x), cfg)
		r.compare(want, got, err1, err2, 1e-5)
	})
}

func TestChannels(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		s := x.Shape()
		xs, lasts := []*gorgonia.Node{x}, []Image{r.last(x)}
		for range rapid.IntRange(0, 4).Draw(t, "more") {
			more := r.node(s[0], rapid.IntRange(1, 40).Draw(t, "c"), s[2], s[3])
			xs, lasts = append(xs, more), append(lasts, r.last(more))
		}
		want, err1 := ops.Concat(xs...)
		got, err2 := Concat(lasts...)
		if len(xs) > 1 {
			at := 0
			for i, o := range Offsets(got.Node) {
				if o != at {
					r.Fatalf("input %d at channel %d, want %d", i, o, at)
				}
				at += lasts[i].C
			}
		}
		r.compare(want, r.copied(got), err1, err2, 0)

		from := rapid.IntRange(0, s[1]-1).Draw(t, "from")
		to := rapid.IntRange(from+1, s[1]).Draw(t, "to")
		want, err1 = ops.SliceChannels(x, from, to)
		got, err2 = Slice(lasts[0], from, to)
		r.compare(want, got, err1, err2, 0)

		before, after := rapid.IntRange(0, 20).Draw(t, "before"), rapid.IntRange(0, 20).Draw(t, "after")
		want, err1 = ops.PadChannels(x, before, after)
		got, err2 = PadChannels(lasts[0], before, after)
		r.compare(want, got, err1, err2, 0)

		above, below := pair(t, "above", 0, 3), pair(t, "below", 0, 3)
		want, err1 = ops.ZeroPad2D(x, above, below)
		got, err2 = ZeroPad(lasts[0], above, below)
		r.compare(want, got, err1, err2, 0)

		step := pair(t, "step", 1, 4)
		want, err1 = ops.Subsample(x, step)
		got, err2 = Subsample(lasts[0], step)
		r.compare(want, got, err1, err2, 0)
	})
}

// copied is x through an operation, where x may be one that has been bound.
func (r *rig) copied(x Image) Image {
	if _, bound := r.bound[x.Node]; !bound {
		return x
	}
	y, err := PadChannels(x, 0, 0)
	if err != nil {
		r.Fatal(err)
	}
	return y
}

// Branches that are bound into their concatenation's memory write it at once.
func TestConcatInPlace(t *testing.T) {
	check(t, func(t *rapid.T, r *rig, x *gorgonia.Node) {
		s := x.Shape()
		other := r.node(s...)
		want1, err := ops.Activate(x, ops.ReLU)
		if err != nil {
			r.Fatal(err)
		}
		want2, err := ops.Activate(other, ops.Sigmoid)
		if err != nil {
			r.Fatal(err)
		}
		want, err1 := ops.Concat(want1, want2)

		branches := make([]Image, 2)
		stride := kernel.PixelStride(2 * s[1])
		for i, act := range []ops.Act{ops.ReLU, ops.Sigmoid} {
			branch, err := Act(r.last([]*gorgonia.Node{x, other}[i]), act)
			if err != nil {
				r.Fatal(err)
			}
			if branches[i], err = Restride(branch, stride); err != nil {
				r.Fatal(err)
			}
		}
		got, err2 := Concat(branches...)
		if err2 != nil {
			r.Fatal(err2)
		}
		size := got.Node.Shape().TotalSize()
		buf := make([]float32, size+stride)
		if err := op.Bind(op.Of(got.Node), buf[:size]); err != nil {
			r.Fatal(err)
		}
		for i, at := range Offsets(got.Node) {
			if err := op.Bind(op.Of(branches[i].Node), buf[at:]); err != nil {
				r.Fatal(err)
			}
		}
		back, err2 := ToNCHW(got)
		r.compareNodes(want, back, err1, err2, 1e-5)
	})
}

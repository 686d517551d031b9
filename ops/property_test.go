package ops

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

func pair(t *rapid.T, name string, lo, hi int) [2]int {
	return [2]int{rapid.IntRange(lo, hi).Draw(t, name+"H"), rapid.IntRange(lo, hi).Draw(t, name+"W")}
}

func dot(a, b []float64) (s float64) {
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// TestConvolutionByDefinition compares with the sum in Conv2D's documentation.
func TestConvolutionByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.IntRange(1, 3).Draw(t, "groups")
		n, c, o := rapid.IntRange(1, 2).Draw(t, "n"), groups*rapid.IntRange(1, 3).Draw(t, "c"), groups*rapid.IntRange(1, 3).Draw(t, "o")
		k, size := pair(t, "kernel", 1, 4), pair(t, "size", 1, 9)
		cfg := Conv2DConfig{Stride: pair(t, "stride", 1, 3), Padding: pair(t, "padding", 0, 3), Dilation: pair(t, "dilation", 1, 2), Groups: groups}
		x, w, b := optest.X("x", n, c, size[0], size[1]), optest.X("weights", o, c/groups, k[0], k[1]), optest.X("b", o)
		build := func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return Conv2D(in[0], in[1], in[2], cfg) }
		r, err := optest.Forward[float64](build, x, w, b)
		if size[0]+2*cfg.Padding[0] <= cfg.Dilation[0]*(k[0]-1) || size[1]+2*cfg.Padding[1] <= cfg.Dilation[1]*(k[1]-1) {
			if err == nil {
				t.Fatal("a kernel larger than the image was accepted")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		oh, ow := r.Shape[2], r.Shape[3]
		for i, got := range r.Y {
			img, ch, row, col := i/(o*oh*ow), i/(oh*ow)%o, i/ow%oh, i%ow
			want := b.Data[ch]
			for ci := range c / groups {
				for kh := range k[0] {
					for kw := range k[1] {
						h := row*cfg.Stride[0] + kh*cfg.Dilation[0] - cfg.Padding[0]
						v := col*cfg.Stride[1] + kw*cfg.Dilation[1] - cfg.Padding[1]
						if h < 0 || v < 0 || h >= size[0] || v >= size[1] {
							continue
						}
						from := ch/(o/groups)*(c/groups) + ci
						want += x.Data[((img*c+from)*size[0]+h)*size[1]+v] * w.Data[((ch*(c/groups)+ci)*k[0]+kh)*k[1]+kw]
					}
				}
			}
			if math.Abs(got-want) > 1e-12 {
				t.Fatalf("y[%d] is %v, want %v", i, got, want)
			}
		}
	})
}

// TestTransposedIsAdjoint: <conv(x), y> = <x, convTranspose(y)>, where the
// output padding restores x's size.
func TestTransposedIsAdjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.IntRange(1, 2).Draw(t, "groups")
		c, o := groups*rapid.IntRange(1, 2).Draw(t, "c"), groups*rapid.IntRange(1, 3).Draw(t, "o")
		k, size := pair(t, "kernel", 1, 3), pair(t, "size", 5, 9)
		cfg := Conv2DConfig{Stride: pair(t, "stride", 1, 3), Padding: pair(t, "padding", 0, 2), Dilation: pair(t, "dilation", 1, 2), Groups: groups}
		up := ConvTranspose2DConfig{Stride: cfg.Stride, Padding: cfg.Padding, Dilation: cfg.Dilation, Groups: groups}
		for i := range 2 {
			up.OutputPadding[i] = (size[i] + 2*cfg.Padding[i] - cfg.Dilation[i]*(k[i]-1) - 1) % cfg.Stride[i]
		}
		x, w := optest.X("x", 2, c, size[0], size[1]), optest.X("w", o, c/groups, k[0], k[1])
		down, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return Conv2D(in[0], in[1], nil, cfg)
		}, x, w)
		if err != nil {
			t.Fatal(err)
		}
		y := optest.X("y", down.Shape...)
		back, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return ConvTranspose2D(in[0], in[1], nil, up)
		}, y, w)
		if err != nil {
			t.Fatal(err)
		}
		if !back.Shape.Eq(x.Shape) {
			t.Fatalf("transposed result has shape %v, want %v", back.Shape, x.Shape)
		}
		if l, r := dot(down.Y, y.Data), dot(x.Data, back.Y); math.Abs(l-r) > 1e-10 {
			t.Fatalf("<conv(x), y> = %v, <x, convTranspose(y)> = %v", l, r)
		}
	})
}

// TestPoolingCounts: the number of windows is what one gets by placing them
// one after another.
func TestPoolingCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, k := rapid.IntRange(1, 20).Draw(t, "in"), rapid.IntRange(1, 6).Draw(t, "kernel")
		s, p := rapid.IntRange(1, 5).Draw(t, "stride"), rapid.IntRange(0, k/2).Draw(t, "padding")
		ceil := rapid.Bool().Draw(t, "ceil")
		want := 0
		for start := -p; ; start += s {
			fits := start+k <= in+p
			// In ceil mode one window may run off the end, if it starts
			// before the padding there.
			if !fits && !(ceil && start < in && start-s+k < in+p) {
				break
			}
			want++
		}
		w := window([2]int{k, k}, [2]int{s, s}, [2]int{p, p}, [2]int{}, ceil)
		if got := w.size(0, in, in+2*p-k); got != want {
			t.Fatalf("%d windows, want %d", got, want)
		}
	})
}

// TestFusedActivations: fused or after, an activation gives the same value and
// the same gradients.
func TestFusedActivations(t *testing.T) {
	acts := []Act{ReLU, LeakyReLU(0.2), ELU(1), SELU,
		CELU(2), Sigmoid, Tanh, HardTanh, ReLU6}
	anyway := append([]Act{GELU, SiLU, Mish}, acts...)
	rapid.Check(t, func(t *rapid.T) {
		c, size := rapid.IntRange(1, 5).Draw(t, "c"), rapid.IntRange(3, 9).Draw(t, "size")
		x, s := optest.X("x", 2, c, size, size), optest.X("scale", c)
		var f func(x, s *gorgonia.Node, act Act) (*gorgonia.Node, error)
		act := rapid.SampledFrom(acts).Draw(t, "act")
		switch rapid.SampledFrom([]string{"conv", "transposed", "linear", "norm", "sum"}).Draw(t, "operation") {
		case "conv":
			s = optest.X("w", 4, c, 3, 3)
			f = func(x, s *gorgonia.Node, act Act) (*gorgonia.Node, error) {
				return Conv2D(x, s, nil, Conv2DConfig{Act: act})
			}
		case "transposed":
			s = optest.X("w", c, 2, 2, 2)
			f = func(x, s *gorgonia.Node, act Act) (*gorgonia.Node, error) {
				return ConvTranspose2D(x, s, nil, ConvTranspose2DConfig{Act: act})
			}
		case "linear":
			x, s = optest.X("x", size, c), optest.X("w", 3, c)
			f = func(x, s *gorgonia.Node, act Act) (*gorgonia.Node, error) {
				return Linear(x, s, nil, LinearConfig{Act: act})
			}
		case "norm":
			act = rapid.SampledFrom(anyway).Draw(t, "any act")
			f = func(x, s *gorgonia.Node, act Act) (*gorgonia.Node, error) {
				y, _, _, err := BatchNormTraining(x, s, s, BatchNormConfig{Act: act})
				return y, err
			}
		case "sum":
			act = rapid.SampledFrom(anyway).Draw(t, "any act")
			s = optest.X("s", 2, c, size, size)
			f = func(x, s *gorgonia.Node, act Act) (*gorgonia.Node, error) { return AddAct(x, s, act) }
		}
		y, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return f(in[0], in[1], act) }, x, s)
		if err != nil {
			t.Fatal(err)
		}
		z, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return f(in[0], in[1], nil) }, x, s)
		if err != nil {
			t.Fatal(err)
		}
		dy := optest.X("dy", len(y.Y)).Data
		want := make([]float64, len(z.Y))
		kernel.ActForward(act.kernel(), z.Y, want)
		near(t, "value", y.Y, want)
		dz := make([]float64, len(z.Y))
		kernel.ActBackward(act.kernel(), z.Y, dy, dz)
		fused, err := optest.Run[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return f(in[0], in[1], act) }, dy, x, s)
		if err != nil {
			t.Fatal(err)
		}
		apart, err := optest.Run[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return f(in[0], in[1], nil) }, dz, x, s)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "first gradient", fused.Grads[0], apart.Grads[0])
		near(t, "second gradient", fused.Grads[1], apart.Grads[1])
	})
}

func near(t *rapid.T, what string, got, want []float64) {
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= 1e-11*math.Max(1, math.Abs(w))) {
			t.Fatalf("%s[%d] is %v, want %v", what, i, got[i], w)
		}
	}
}

// TestSliceOfConcat: what Concat joins, SliceChannels takes apart.
func TestSliceOfConcat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		channels := rapid.SliceOfN(rapid.IntRange(1, 200), 1, 5).Draw(t, "channels")
		which := rapid.IntRange(0, len(channels)-1).Draw(t, "which")
		var in []optest.Input
		from := 0
		for i, c := range channels {
			in = append(in, optest.X(string(rune('a'+i)), 2, c, 3))
			if i < which {
				from += c
			}
		}
		r, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			y, err := Concat(in...)
			if err != nil {
				return nil, err
			}
			return SliceChannels(y, from, from+channels[which])
		}, in...)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Shape.Eq(tensor.Shape{2, channels[which], 3}) {
			t.Fatalf("shape is %v", r.Shape)
		}
		near(t, "slice", r.Y, in[which].Data)
	})
}

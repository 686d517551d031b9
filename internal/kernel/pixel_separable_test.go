package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// separable is an inverted residual of MobileNetV2, in channels of its input,
// its middle (0: no convolution before the depthwise one) and its result.
func separable(n, in, middle, out, size, k, stride int) PixelSeparable {
	s := PixelSeparable{}
	wide := in
	if middle > 0 {
		wide = middle
		s.Expand = Conv{N: n, C: in, H: size, W: size, O: wide, KH: 1, KW: 1}
	}
	d := Conv{N: n, C: wide, O: wide, Groups: wide, H: size, W: size, KH: k, KW: k, PH: k / 2, PW: k / 2, SH: stride, SW: stride}
	s.Depthwise = d
	s.Project = Conv{N: n, C: wide, H: d.OutH(), W: d.OutW(), O: out, KH: 1, KW: 1}
	return s
}

func TestPixelSeparableMatchesDefinition(t *testing.T) { eachISA(t, pixelSeparableMatchesDefinition) }

func pixelSeparableMatchesDefinition(t *testing.T) {
	if isa == nil {
		t.Skip("no vectors")
	}
	kept := separableBand
	defer func() { separableBand = kept }()
	rapid.Check(t, func(t *rapid.T) {
		channels := func(name string) int {
			return rapid.SampledFrom([]int{1, 3, 8, 16, 17, 24, 40, 65}).Draw(t, name)
		}
		middle := 0
		if rapid.Bool().Draw(t, "expands") {
			middle = channels("middle")
		}
		s := separable(rapid.IntRange(1, 3).Draw(t, "N"), channels("C"), middle, channels("O"), rapid.IntRange(1, 12).Draw(t, "size"),
			rapid.SampledFrom([]int{1, 3, 5}).Draw(t, "K"), rapid.IntRange(1, 3).Draw(t, "stride"))
		d := &s.Depthwise
		if rapid.Bool().Draw(t, "unusual") {
			d.PH, d.PW, d.DH = rapid.IntRange(0, 5).Draw(t, "PH"), rapid.IntRange(0, 5).Draw(t, "PW"), rapid.IntRange(1, 2).Draw(t, "DH")
			if d.OutH() < 1 || d.OutW() < 1 {
				t.Skip("does not fit")
			}
			s.Project.H, s.Project.W = d.OutH(), d.OutW()
		}
		if !s.Fits() {
			t.Fatalf("%+v does not fit", s)
		}
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(rapid.IntRange(1, 3).Draw(t, "threads")))
		separableBand = rapid.SampledFrom([]int{1, 2000, kept}).Draw(t, "band")
		checkPixelSeparable(t, s, rapid.Uint64Range(0, 1<<20).Draw(t, "seed"))
	})
}

// checkPixelSeparable compares with the three convolutions one after another, in
// double precision. The seed's bits choose the epilogues and the strides.
func checkPixelSeparable(t rapid.TB, s PixelSeparable, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	acts := []Act{{}, {Kind: ActReLU}, {Kind: ActReLU6}, {Kind: ActSiLU}}
	stage := func(c Conv, p *PixelConv, value []float64, add []float64, bit uint64) (PixelStage, []float64) {
		w := randoms(rng, c.O*c.C/c.normal().Groups*c.KH*c.KW)
		st := PixelStage{Prepared: make([]float32, p.Prepared(c)), Act: acts[rng.IntN(len(acts))]}
		p.Prepare(c, as[float32](w), st.Prepared)
		var bias []float64
		if seed>>bit&1 == 0 {
			bias = randoms(rng, c.O)
			st.Bias = as[float32](bias)
		}
		y := naiveForward(c.normal(), value, w, bias, add)
		ActForward(st.Act, y, y)
		return st, y
	}
	stride := func(c int, bit uint64) int {
		if seed>>bit&1 == 0 {
			return PixelStride(c)
		}
		return c + rng.IntN(40)
	}
	d := s.Depthwise
	in := d.C
	if s.expands() {
		in = s.Expand.C
	}
	value := randoms(rng, d.N*in*d.H*d.W)
	x, _ := toPixels(value, d.N, in, d.H*d.W, stride(in, 3))
	var expand PixelStage
	if s.expands() {
		expand, value = stage(s.Expand, &pixelDirect, value, nil, 0)
	}
	deep, value := stage(d, &pixelDepthwise, value, nil, 1)
	p := s.Project
	plane := p.H * p.W
	var add Pixels
	var sum []float64
	if seed>>5&1 == 0 {
		sum = randoms(rng, p.N*p.O*plane)
		add, _ = toPixels(sum, p.N, p.O, plane, stride(p.O, 6))
	}
	project, want := stage(p, &pixelDirect, value, sum, 2)
	y, whole := toPixels(filled[float64](len(want)), p.N, p.O, plane, stride(p.O, 4))
	kept := slices.Clone(x.Data)
	for run := range 2 {
		s.Run(x, expand, deep, project, add, y)
		requireClose(t, fmt.Sprintf("run %d of %+v", run, s), fromPixels(y, p.N, p.O, plane), want, p.C*d.KH*d.KW, 1e-5)
	}
	if !slices.Equal(kept, x.Data) {
		t.Fatalf("%+v: the input was changed", s)
	}
	for i, v := range whole {
		if inside := i < len(y.Data) && i%y.Stride < p.O; !inside && v != pixelCanary {
			t.Fatalf("%+v: wrote beyond the channels, at %d with stride %d", s, i, y.Stride)
		}
	}
}

// separableRuns are s in bands, and its convolutions one after another.
func separableRuns(s PixelSeparable) (bands, apart func()) {
	rng := rand.New(rand.NewPCG(1, 2))
	stage := func(c Conv, p *PixelConv, a Act) PixelStage {
		st := PixelStage{Prepared: make([]float32, p.Prepared(c)), Bias: as[float32](randoms(rng, c.O)), Act: a}
		p.Prepare(c, as[float32](randoms(rng, c.O*c.C/c.normal().Groups*c.KH*c.KW)), st.Prepared)
		return st
	}
	d, p := s.Depthwise, s.Project
	wide := pixels(rng, d.N*d.H*d.W, d.C)
	x := wide
	var expand PixelStage
	relu6 := Act{Kind: ActReLU6}
	if s.expands() {
		x = pixels(rng, d.N*d.H*d.W, s.Expand.C)
		expand = stage(s.Expand, &pixelDirect, relu6)
	}
	deep, project := stage(d, &pixelDepthwise, relu6), stage(p, &pixelDirect, Act{})
	made, y := pixels(rng, p.N*p.H*p.W, p.C), pixels(rng, p.N*p.H*p.W, p.O)
	bands = func() { s.Run(x, expand, deep, project, Pixels{}, y) }
	apart = func() {
		if s.expands() {
			pixelDirect.Run(s.Expand, x, expand.Prepared, PixelEpilogue{Bias: expand.Bias, Act: relu6}, wide)
		}
		pixelDepthwise.Run(d, wide, deep.Prepared, PixelEpilogue{Bias: deep.Bias, Act: relu6}, made)
		pixelDirect.Run(p, made, project.Prepared, PixelEpilogue{Bias: project.Bias}, y)
	}
	return bands, apart
}

func TestPixelSeparableAllocatesNothing(t *testing.T) {
	s := separable(2, 16, 96, 24, 28, 3, 2)
	if !s.Fits() {
		t.Skip("no vectors")
	}
	withThreads(t, 1)
	f, _ := separableRuns(s)
	f()
	if n := testing.AllocsPerRun(10, f); n > 0 {
		t.Errorf("%v allocations a run", n)
	}
}

// BenchmarkPixelSeparable reports how many times as long the convolutions take
// one after another, on the blocks of MobileNetV2. Run it with -benchtime 1x.
func BenchmarkPixelSeparable(b *testing.B) {
	if isa == nil {
		b.Skip("plain Go")
	}
	for _, n := range []int{1, 8, 32} {
		for _, g := range []struct{ in, middle, out, size, stride int }{
			{32, 0, 16, 112, 1}, {16, 96, 24, 112, 2}, {24, 144, 24, 56, 1}, {24, 144, 32, 56, 2}, {32, 192, 32, 28, 1}, {32, 192, 64, 28, 2},
			{64, 384, 64, 14, 1}, {96, 576, 96, 14, 1}, {96, 576, 160, 14, 2}, {160, 960, 160, 7, 1},
		} {
			b.Run(fmt.Sprintf("batch=%d/%d-%d-%d/%d/%d", n, g.in, g.middle, g.out, g.size, g.stride), func(b *testing.B) {
				s := separable(n, g.in, g.middle, g.out, g.size, 3, g.stride)
				bands, apart := separableRuns(s)
				t := fastest(150*time.Millisecond, bands, apart)
				for range b.N {
				}
				b.ReportMetric(t[0]/1000, "us")
				b.ReportMetric(t[1]/t[0], "apart/bands")
				pays := 0.0
				if s.Pays() {
					pays = 1
				}
				b.ReportMetric(pays, "pays")
			})
		}
	}
}

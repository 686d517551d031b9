package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// pixelCanary stands where a kernel has no business.
const pixelCanary = 1e30

// toPixels lays images out with channels last. Where no channel is, and in a
// margin of a few floats behind a view's end, stand canaries.
func toPixels(v []float64, n, c, hw, stride int) (p Pixels, whole []float32) {
	whole = make([]float32, n*hw*stride+64)
	fill(whole, pixelCanary)
	for i, x := range v {
		img, ch, at := i/(c*hw), i/hw%c, i%hw
		whole[(img*hw+at)*stride+ch] = float32(x)
	}
	return Pixels{whole[:max(0, (n*hw-1)*stride+c)], stride}, whole
}

// fromPixels is the way back.
func fromPixels(p Pixels, n, c, hw int) []float32 {
	v := make([]float32, n*c*hw)
	for i := range v {
		img, ch, at := i/(c*hw), i/hw%c, i%hw
		v[i] = p.Data[(img*hw+at)*p.Stride+ch]
	}
	return v
}

// checkPixelConv compares an algorithm with the definition. The seed's bits
// choose the epilogue and the strides.
func checkPixelConv(t rapid.TB, p *PixelConv, c Conv, seed uint64, tol float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	full := c.normal()
	plane := c.OutH() * c.OutW()
	x := randoms(rng, c.N*c.C*c.H*c.W)
	w := randoms(rng, c.O*c.C/full.Groups*c.KH*c.KW)
	var bias, add []float64
	if seed&1 == 0 {
		bias = randoms(rng, c.O)
	}
	if seed&2 == 0 {
		add = randoms(rng, c.N*c.O*plane)
	}
	ep := PixelEpilogue{Bias: as[float32](bias)}
	ep.Act = []Act{{}, {Kind: ActReLU}, {Kind: ActReLU6}, {Kind: ActSiLU}}[seed>>2&3]
	want := naiveForward(full, x, w, bias, add)
	ActForward(ep.Act, want, want)

	wider := func(c int, bit uint64) int {
		if seed>>bit&1 == 0 {
			return PixelStride(c)
		}
		return c + rng.IntN(40)
	}
	px, _ := toPixels(x, c.N, c.C, c.H*c.W, wider(c.C, 4))
	py, whole := toPixels(filled[float64](c.N*c.O*plane), c.N, c.O, plane, wider(c.O, 5))
	if add != nil {
		ep.Add, _ = toPixels(add, c.N, c.O, plane, wider(c.O, 6))
	}
	prepared := filled[float32](p.Prepared(c) + 1)
	p.Prepare(c, as[float32](w), prepared[:len(prepared)-1])
	if !math.IsNaN(float64(prepared[len(prepared)-1])) {
		t.Fatalf("%s %+v: more is prepared than was said", p.Name, c)
	}
	kept := slices.Clone(px.Data)
	p.Run(c, px, prepared[:len(prepared)-1], ep, py)
	if !slices.Equal(kept, px.Data) {
		t.Fatalf("%s %+v: the input was changed", p.Name, c)
	}
	for i, v := range whole {
		inside := i < len(py.Data) && i%py.Stride < c.O
		if !inside && v != pixelCanary {
			t.Fatalf("%s %+v: wrote beyond the channels, at %d with stride %d", p.Name, c, i, py.Stride)
		}
	}
	requireClose(t, p.Name, fromPixels(py, c.N, c.O, plane), want, c.C/full.Groups*c.KH*c.KW, tol)

	again, _ := toPixels(filled[float64](c.N*c.O*plane), c.N, c.O, plane, py.Stride)
	p.Run(c, px, prepared[:len(prepared)-1], ep, again)
	if !slices.Equal(fromPixels(again, c.N, c.O, plane), fromPixels(py, c.N, c.O, plane)) {
		t.Fatalf("%s %+v: a second run differs", p.Name, c)
	}
}

func TestPixelConvsMatchDefinition(t *testing.T) { eachISA(t, pixelConvsMatchDefinition) }

func pixelConvsMatchDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConv(t)
		if rapid.IntRange(0, 2).Draw(t, "wide") == 0 {
			c.C, c.O = c.C*rapid.IntRange(1, 8).Draw(t, "more C"), c.O*rapid.IntRange(1, 4).Draw(t, "more O")
			c.H, c.W = min(c.H, 2*c.KH*c.DH), min(c.W, 3*c.KW*c.DW)
			if c.C == c.O {
				c.Groups = rapid.SampledFrom([]int{1, c.C}).Draw(t, "all groups")
			} else {
				c.Groups = 1
			}
		}
		c.Fast = rapid.Bool().Draw(t, "fast")
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(rapid.IntRange(1, 3).Draw(t, "threads")))
		seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
		for _, p := range PixelConvs(c) {
			tol := 2e-6
			if c.Fast { // perhaps by Winograd
				tol = 2e-5
			}
			checkPixelConv(t, p, c, seed, tol)
		}
	})
}

func TestPixelConvsNeverEmpty(t *testing.T) { eachISA(t, pixelConvsNeverEmpty) }

func pixelConvsNeverEmpty(t *testing.T) {
	for _, c := range []Conv{
		{},
		{N: 1, C: 3, H: 2, W: 2, O: 4, KH: 5, KW: 5},
		{N: 1, C: 0, H: 4, W: 4, O: 2, KH: 1, KW: 1},
		{N: 2, C: 3, H: 1, W: 1, O: 4, KH: 3, KW: 3, PH: 500, PW: 500, SH: 400, SW: 400},
	} {
		list := PixelConvs(c)
		if len(list) == 0 || list[len(list)-1] == nil {
			t.Fatalf("%+v: no algorithm", c)
		}
		for _, p := range list {
			if LookupPixelConv(p.Name) != p {
				t.Errorf("looking up %q finds another", p.Name)
			}
			if c.KH > 0 {
				checkPixelConv(t, p, c, 0, 2e-6)
			}
		}
	}
	if LookupPixelConv("none such") != nil {
		t.Error("found what is not there")
	}
}

func TestPixelStride(t *testing.T) {
	for c, want := range map[int]int{1: 1, 3: 3, 15: 15, 16: 16, 17: 32, 64: 64, 255: 272, 256: 272, 257: 272, 512: 528, 2048: 2064} {
		if got := PixelStride(c); got != want {
			t.Errorf("PixelStride(%d) = %d, want %d", c, got, want)
		}
	}
}

// Steady work takes nothing from the heap but what a parallel section does.
func TestPixelConvsAllocateNothing(t *testing.T) { eachISA(t, pixelConvsAllocateNothing) }

func pixelConvsAllocateNothing(t *testing.T) {
	withThreads(t, 1)
	for _, c := range []Conv{
		{N: 1, C: 32, H: 14, W: 14, O: 48, KH: 1, KW: 1},
		{N: 1, C: 32, H: 14, W: 14, O: 48, KH: 3, KW: 3, PH: 1, PW: 1, Fast: true},
		{N: 1, C: 256, H: 7, W: 7, O: 32, KH: 3, KW: 3, PH: 1, PW: 1, SH: 2, SW: 2},
		{N: 1, C: 3, H: 24, W: 24, O: 16, KH: 7, KW: 7, PH: 3, PW: 3, SH: 2, SW: 2},
		{N: 1, C: 32, H: 14, W: 14, O: 32, KH: 3, KW: 3, PH: 1, PW: 1, Groups: 32},
	} {
		for _, p := range PixelConvs(c) {
			f := pixelRun(p, c)
			f()
			if n := testing.AllocsPerRun(10, f); n > 0 {
				t.Errorf("%s %+v: %v allocations a run", p.Name, c, n)
			}
		}
	}
}

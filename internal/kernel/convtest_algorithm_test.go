package kernel

import (
	"math"
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"
)

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

// pixelRun returns a run of an algorithm on random numbers, with bias and ReLU.
func pixelRun(p *PixelConv, c Conv) func() {
	rng := rand.New(rand.NewPCG(1, 2))
	numbers := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = rng.Float32() - 0.5
		}
		return v
	}
	x := Pixels{numbers(c.N * c.H * c.W * PixelStride(c.C)), PixelStride(c.C)}
	y := Pixels{numbers(c.N * c.OutH() * c.OutW() * PixelStride(c.O)), PixelStride(c.O)}
	prepared := make([]float32, p.Prepared(c))
	p.Prepare(c, numbers(c.O*c.C/max(1, c.Groups)*c.KH*c.KW), prepared)
	ep := PixelEpilogue{Bias: numbers(c.O), Act: Act{Kind: ActReLU}}
	return func() { p.Run(c, x, prepared, ep, y) }
}

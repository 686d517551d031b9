package kernel

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func checkConv[T Float](t rapid.TB, c Conv, seed uint64, tol float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	x := randoms(rng, c.N*c.C*c.H*c.W)
	w := randoms(rng, c.O*c.C/c.Groups*c.KH*c.KW)
	ny := c.N * c.O * c.OutH() * c.OutW()
	dy := randoms(rng, ny)
	var bias, add []float64
	if seed&1 == 0 {
		bias = randoms(rng, c.O)
	}
	if seed&2 == 0 {
		add = randoms(rng, ny)
	}
	ep := Epilogue[T]{Bias: as[T](bias), Add: as[T](add)}
	want := naiveForward(c, x, w, bias, add)
	ep.Act = []Act{{}, {Kind: ActReLU}, {Kind: ActReLU}, {Kind: ActLeakyReLU, A: 0.1}}[seed>>2&3]
	ActForward(ep.Act, want, want)
	y := filled[T](ny)
	ConvForward(c, as[T](x), as[T](w), ep, y)
	requireClose(t, "y", y, want, c.C/c.Groups*c.KH*c.KW, tol)
	c.Fast = true
	ConvForward(c, as[T](x), as[T](w), ep, y)
	requireClose(t, "fast y", y, want, c.C/c.Groups*c.KH*c.KW, tol)

	wantX, wantW := naiveBackward(c, x, w, dy)
	dx, dw := filled[T](len(x)), filled[T](len(w))
	ConvBackwardData(c, as[T](dy), as[T](w), dx)
	requireClose(t, "fast dx", dx, wantX, c.O/c.Groups*c.KH*c.KW, tol)
	c.Fast = false
	ConvBackwardData(c, as[T](dy), as[T](w), dx)
	requireClose(t, "dx", dx, wantX, c.O/c.Groups*c.KH*c.KW, tol)
	ConvBackwardWeights(c, as[T](x), as[T](dy), dw)
	requireClose(t, "dw", dw, wantW, c.N*c.OutH()*c.OutW(), tol)
}

func TestConvMatchesDefinition(t *testing.T) { eachISA(t, convMatchesDefinition) }

func convMatchesDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConv(t)
		seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
		checkConv[float64](t, c, seed, 1e-12)
		tol := 2e-6
		if c.KH == c.KW { // perhaps by Winograd
			tol = 2e-5
		}
		checkConv[float32](t, c, seed, tol)
	})
}

func TestConvZeroFieldsMeanOne(t *testing.T) {
	short := Conv{N: 1, C: 2, H: 5, W: 6, O: 3, KH: 3, KW: 3}
	if short.OutH() != 3 || short.OutW() != 4 {
		t.Fatalf("result is %dx%d, want 3x4", short.OutH(), short.OutW())
	}
	rng := rand.New(rand.NewPCG(1, 2))
	x, w := randoms(rng, 60), randoms(rng, 54)
	y := filled[float64](36)
	ConvForward(short, x, w, Epilogue[float64]{}, y)
	requireClose(t, "y", y, naiveForward(short.normal(), x, w, nil, nil), 18, 1e-13)
}

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// naiveForward is the definition, position by position, in float64.
func naiveForward(c Conv, x, w, bias, add []float64) []float64 {
	oh, ow := c.OutH(), c.OutW()
	inC, outC := c.C/c.Groups, c.O/c.Groups
	y := make([]float64, c.N*c.O*oh*ow)
	for i := range y {
		col, row, o, n := i%ow, i/ow%oh, i/(ow*oh)%c.O, i/(ow*oh*c.O)
		var s float64
		c.naiveTaps(row, col, func(tap, at int) {
			for ci := range inC {
				s += w[(o*inC+ci)*c.KH*c.KW+tap] * x[(n*c.C+o/outC*inC+ci)*c.H*c.W+at]
			}
		})
		if bias != nil {
			s += bias[o]
		}
		if add != nil {
			s += add[i]
		}
		y[i] = s
	}
	return y
}

// naiveBackward returns dx and dw.
func naiveBackward(c Conv, x, w, dy []float64) (dx, dw []float64) {
	oh, ow := c.OutH(), c.OutW()
	inC, outC := c.C/c.Groups, c.O/c.Groups
	dx, dw = make([]float64, len(x)), make([]float64, len(w))
	for i, g := range dy {
		col, row, o, n := i%ow, i/ow%oh, i/(ow*oh)%c.O, i/(ow*oh*c.O)
		c.naiveTaps(row, col, func(tap, at int) {
			for ci := range inC {
				wi, xi := (o*inC+ci)*c.KH*c.KW+tap, (n*c.C+o/outC*inC+ci)*c.H*c.W+at
				dx[xi] += w[wi] * g
				dw[wi] += x[xi] * g
			}
		})
	}
	return dx, dw
}

func (c Conv) naiveTaps(row, col int, f func(tap, at int)) {
	for kh := range c.KH {
		for kw := range c.KW {
			ih, iw := row*c.SH+kh*c.DH-c.PH, col*c.SW+kw*c.DW-c.PW
			if ih >= 0 && ih < c.H && iw >= 0 && iw < c.W {
				f(kh*c.KW+kw, ih*c.W+iw)
			}
		}
	}
}

func randoms(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(float32(rng.NormFloat64()))
	}
	return v
}

func as[T Float](v []float64) []T {
	if v == nil {
		return nil
	}
	out := make([]T, len(v))
	for i := range v {
		out[i] = T(v[i])
	}
	return out
}

// filled returns n NaNs: what a kernel leaves unwritten shows.
func filled[T Float](n int) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(math.NaN())
	}
	return v
}

// requireClose compares with an error relative to the size of a sum of so many
// products, which is what rounding scales with.
func requireClose[T Float](t rapid.TB, what string, got []T, want []float64, terms int, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	scale := math.Sqrt(float64(terms + 1))
	for _, v := range want {
		scale = max(scale, math.Abs(v))
	}
	for i := range got {
		if d := math.Abs(float64(got[i]) - want[i]); !(d <= tol*scale) {
			t.Fatalf("%s[%d] = %v, want %v (scale %g)", what, i, got[i], want[i], scale)
		}
	}
}

func drawConv(t *rapid.T) Conv {
	c := Conv{
		N:  rapid.IntRange(1, 4).Draw(t, "N"),
		KH: rapid.IntRange(1, 5).Draw(t, "KH"), KW: rapid.IntRange(1, 5).Draw(t, "KW"),
		SH: rapid.IntRange(1, 3).Draw(t, "SH"), SW: rapid.IntRange(1, 3).Draw(t, "SW"),
		PH: rapid.IntRange(0, 4).Draw(t, "PH"), PW: rapid.IntRange(0, 4).Draw(t, "PW"),
		DH: rapid.IntRange(1, 3).Draw(t, "DH"), DW: rapid.IntRange(1, 3).Draw(t, "DW"),
	}
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		c.KH, c.KW = 3, 3
		c.SH, c.SW, c.DH, c.DW = 1, 1, 1, 1
	case 2:
		c.KH, c.KW = 5, 5
		c.SH, c.SW, c.DH, c.DW = 1, 1, 1, 1
	case 1:
		c.KH, c.KW, c.PH, c.PW = 1, 1, 0, 0
	}
	c.H = max(1, c.DH*(c.KH-1)+1-2*c.PH) + rapid.IntRange(0, 17).Draw(t, "H")
	c.W = max(1, c.DW*(c.KW-1)+1-2*c.PW) + rapid.IntRange(0, 40).Draw(t, "W")
	c.Groups = rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "groups")
	c.C = c.Groups * rapid.IntRange(1, 20).Draw(t, "C")
	c.O = c.Groups * rapid.IntRange(1, 40).Draw(t, "O")
	if rapid.IntRange(0, 5).Draw(t, "depthwise") == 0 {
		c.Groups = c.C
		c.O = c.C * rapid.IntRange(1, 2).Draw(t, "multiplier")
	}
	return c
}

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

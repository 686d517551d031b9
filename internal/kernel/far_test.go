// Sizes here are beyond 32 bits.

//go:build !(386 || arm || mips || mipsle)

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Taps that lie far beyond the image read zeros and take no memory, however far
// they are.
func TestConvFarBeyondTheImage(t *testing.T) { eachISA(t, convFarBeyondTheImage) }

func convFarBeyondTheImage(t *testing.T) {
	shift := 40 // an int of 32 bits overflows
	far := 1 << shift
	for _, c := range []Conv{
		{N: 2, C: 3, H: 4, W: 5, O: 2, KH: 3, KW: 3, PH: far, PW: far, DH: far, DW: far},
		{N: 1, C: 2, H: 4, W: 5, O: 4, KH: 3, KW: 3, PH: 3000, PW: 3000, DH: 3000, DW: 3000, Groups: 2},
		{N: 1, C: 2, H: 4, W: 5, O: 2, KH: 3, KW: 1, PH: far, SH: far, SW: 3},
		{N: 1, C: 2, H: 4, W: 5, O: 2, KH: 2, KW: 2, PH: 1, PW: 1, SH: math.MaxInt, SW: math.MaxInt},
	} {
		for _, fast := range []bool{false, true} {
			c.Fast = fast
			checkFar[float32](t, c, 1e-5)
			checkFar[float64](t, c, 1e-12)
		}
	}
}

func checkFar[T Float](t *testing.T, c Conv, tol float64) {
	t.Helper()
	groups := max(c.Groups, 1)
	rng := rand.New(rand.NewPCG(1, 2))
	x, w := randoms(rng, c.N*c.C*c.H*c.W), randoms(rng, c.O*c.C/groups*c.KH*c.KW)
	dy := randoms(rng, c.N*c.O*c.OutH()*c.OutW())
	y, dx, dw := filled[T](len(dy)), filled[T](len(x)), filled[T](len(w))
	ConvForward(c, as[T](x), as[T](w), Epilogue[T]{}, y)
	ConvBackwardData(c, as[T](dy), as[T](w), dx)
	ConvBackwardWeights(c, as[T](x), as[T](dy), dw)
	s := c
	s.SH, s.SW, s.DH, s.DW, s.Groups = max(c.SH, 1), max(c.SW, 1), max(c.DH, 1), max(c.DW, 1), groups
	wantX, wantW := naiveBackward(s, x, w, dy)
	requireClose(t, "y", y, naiveForward(s, x, w, nil, nil), 10, tol)
	requireClose(t, "dx", dx, wantX, 10, tol)
	requireClose(t, "dw", dw, wantW, 10, tol)
}

// A window that covers the whole image wherever it stands.
func TestPoolFarBeyondTheImage(t *testing.T) { eachISA(t, poolFarBeyondTheImage) }

func poolFarBeyondTheImage(t *testing.T) {
	shift := 40 // an int of 32 bits overflows
	far := 1 << shift
	p := Pool{N: 1, C: 1, H: 2, W: 3, KH: far, KW: far, PH: far / 2, PW: far / 2, SH: 1, SW: 1, OH: 3, OW: 4}
	x := []float32{1, 2, 3, 4, 5, 12}
	y := filled[float32](12)
	MaxPoolForward(p, x, y)
	for _, v := range y {
		if v != 12 {
			t.Errorf("maximum is %v, want 12", v)
		}
	}
	AvgPoolForward(p, x, y)
	for _, v := range y {
		if v != 4.5 {
			t.Errorf("mean is %v, want 4.5", v)
		}
	}
	dy := make([]float32, 12)
	fill(dy, 1)
	dx := filled[float32](6)
	MaxPoolBackward(p, x, dy, dx)
	if dx[5] != 12 || dx[0] != 0 {
		t.Errorf("the maximum's gradient is %v, want 12 at the last element alone", dx)
	}
	AvgPoolBackward(p, dy, dx)
	for _, v := range dx {
		if math.Abs(float64(v-2)) > 1e-6 {
			t.Errorf("gradient is %v, want 2", v)
		}
	}
	p.CountIncludePad = true
	AvgPoolForward(p, x, y)
	if want := float32(27.0 / float64(far) / float64(far)); y[0] != want {
		t.Errorf("mean with padding is %v, want %v", y[0], want)
	}
}

// A window over more channels than there are is one over all.
func TestLRNWiderThanTheChannels(t *testing.T) {
	const n, c, hw = 2, 5, 7
	rng := rand.New(rand.NewPCG(1, 2))
	x, dy := randoms(rng, n*c*hw), randoms(rng, n*c*hw)
	for _, beta := range []float64{0.75, 0.5} { // with and without the vector unit
		lrnWiderThanChannels[float32](t, n, c, hw, beta, as[float32](x), as[float32](dy))
		lrnWiderThanChannels[float64](t, n, c, hw, beta, x, dy)
	}
}

func lrnWiderThanChannels[T Float](t *testing.T, n, c, hw int, beta float64, x, dy []T) {
	t.Helper()
	run := func(size int) (y, dx []T) {
		y, dx = filled[T](len(x)), filled[T](len(x))
		LRNForward(n, c, hw, size, float64(size), beta, 1, x, y)
		LRNBackward(n, c, hw, size, float64(size), beta, 1, x, dy, dx)
		return y, dx
	}
	y, dx := run(2*c + 1)
	for _, size := range []int{40, math.MaxInt / 2, math.MaxInt} {
		gotY, gotDX := run(size)
		for i := range y {
			if math.Abs(float64(gotY[i]-y[i])) > 1e-6 || math.Abs(float64(gotDX[i]-dx[i])) > 1e-6 {
				t.Fatalf("window of %d channels: y, dx [%d] are %v, %v, want %v, %v", size, i, gotY[i], gotDX[i], y[i], dx[i])
			}
		}
	}
}

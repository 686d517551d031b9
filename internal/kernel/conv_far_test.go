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

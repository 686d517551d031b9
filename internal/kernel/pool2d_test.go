package kernel

import (
	"math"
	"slices"
	"testing"
)

func TestMaxPoolNaN(t *testing.T) {
	nan := float32(math.NaN())
	p := Pool{N: 1, C: 1, H: 2, W: 4, KH: 2, KW: 2, SH: 2, SW: 2, OH: 1, OW: 2}
	x, y, dx := []float32{1, nan, 3, 3, 2, 0, 3, 1}, make([]float32, 2), make([]float32, 8)
	MaxPoolForward(p, x, y)
	if y[0] == y[0] || y[1] != 3 {
		t.Errorf("max pool gives %v, want NaN and 3", y)
	}
	MaxPoolBackward(p, x, []float32{5, 7}, dx)
	if want := []float32{0, 5, 7, 0, 0, 0, 0, 0}; !slices.Equal(dx, want) {
		t.Errorf("gradient %v, want %v", dx, want)
	}
}

func TestMaxPoolOfMinusInfinity(t *testing.T) {
	inf := float32(math.Inf(-1))
	p := Pool{N: 1, C: 1, H: 2, W: 2, KH: 2, KW: 2, OH: 1, OW: 1}
	x, y, dx := []float32{inf, inf, inf, inf}, make([]float32, 1), make([]float32, 4)
	MaxPoolForward(p, x, y)
	MaxPoolBackward(p, x, []float32{2}, dx)
	if want := []float32{2, 0, 0, 0}; y[0] != inf || !slices.Equal(dx, want) {
		t.Errorf("gives %v, gradient %v, want -Inf and %v", y, dx, want)
	}
}

func TestMaxPoolDilated(t *testing.T) {
	p := Pool{N: 1, C: 1, H: 1, W: 5, KH: 1, KW: 2, PW: 2, DW: 3, OH: 1, OW: 6}
	x, y := []float32{1, 5, 2, 4, 3}, make([]float32, 6)
	MaxPoolForward(p, x, y) // windows {-2,1} {-1,2} {0,3} {1,4} {2,5} {3,6}
	if want := []float32{5, 2, 4, 5, 2, 4}; !slices.Equal(y, want) {
		t.Errorf("gives %v, want %v", y, want)
	}
}

func TestPoolGradients(t *testing.T) {
	for _, p := range []Pool{
		{KH: 2, KW: 2, SH: 2, SW: 2},
		{KH: 3, KW: 3, SH: 2, SW: 2, PH: 1, PW: 1},
		{KH: 3, KW: 2, SH: 1, SW: 2, PH: 1, CountIncludePad: true},
	} {
		p.N, p.C, p.H, p.W = 2, 2, 7, 6
		p.OH, p.OW = (p.H+2*p.PH-p.KH)/p.SH+1, (p.W+2*p.PW-p.KW)/p.SW+1
		x, dx := random[float64](1, p.N*p.C*p.H*p.W, 1), make([]float64, p.N*p.C*p.H*p.W)
		dy := random[float64](2, p.N*p.C*p.OH*p.OW, 1)
		MaxPoolBackward(p, x, dy, dx)
		checkGradient(t, "max", x, dy, func(y []float64) { MaxPoolForward(p, x, y) }, dx)
		AvgPoolBackward(p, dy, dx)
		checkGradient(t, "average", x, dy, func(y []float64) { AvgPoolForward(p, x, y) }, dx)
	}
}

// A dilation that no tap needs is no distance to walk.
func TestDilationOfOneTap(t *testing.T) {
	eachISA(t, func(t *testing.T) {
		p := Pool{N: 1, C: 2, H: 1, W: 2, KH: 1, KW: 1, DH: math.MaxInt, DW: math.MaxInt, OH: 1, OW: 2}
		x, y, dx := []float32{1, 2, 3, 4}, make([]float32, 4), make([]float32, 4)
		MaxPoolForward(p, x, y)
		MaxPoolBackward(p, x, y, dx)
		if !slices.Equal(x, y) || !slices.Equal(x, dx) {
			t.Errorf("pooled to %v, gradient %v", y, dx)
		}
	})
}

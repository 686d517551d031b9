// Sizes here are beyond 32 bits.

//go:build !(386 || arm || mips || mipsle)

package kernel

import (
	"math"
	"testing"
)

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

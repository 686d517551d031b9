package kernel

import (
	"math"
	"testing"
)

// The kernels in float64 are plain Go and held to the references; on float32
// they must give the same but for rounding, on every instruction set, for any
// length and alignment.

func TestExpAccuracy(t *testing.T) {
	was := isa
	defer func() { isa = was }()
	for _, isa = range instructionSets {
		const n = 1 << 16
		x, y := make([]float32, n), make([]float32, n)
		for i := range x {
			x[i] = -104 + 193*float32(i)/n
		}
		vecExpShifted(x, y, n, 1, 0, 0)
		worst := 0.0
		for i, v := range x {
			want := math.Exp(float64(v))
			if want < 1.2e-38 || want > math.MaxFloat32 {
				if d := math.Abs(float64(y[i]) - want); want < 1 && d > 3e-45 || want > 1 && !math.IsInf(float64(y[i]), 1) {
					t.Fatalf("%s: exp(%v) = %v, want %v", ISA(), v, y[i], want)
				}
				continue
			}
			ulp := float64(math.Nextafter32(float32(want), math.MaxFloat32) - float32(want))
			worst = max(worst, math.Abs(float64(y[i])-want)/ulp)
		}
		if worst > 1.5 {
			t.Errorf("%s: exp is off by %.2f ulp, want at most 1.5", ISA(), worst)
		}
		t.Logf("%s: exp within %.2f ulp", ISA(), worst)
	}
}

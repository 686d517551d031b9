package kernel

import (
	"math"
	"slices"
	"testing"
)

func TestDropoutMask(t *testing.T) {
	const n = 1 << 16
	for _, p := range []float64{0.1, 0.5, 0.8} {
		mask := make([]float32, n)
		DropoutMask(7, 3, p, mask)
		dropped, both := 0, 0
		for i, v := range mask {
			switch v {
			case 0:
				dropped++
				if i > 0 && mask[i-1] == 0 {
					both++
				}
			case float32(1 / (1 - p)):
			default:
				t.Fatalf("p=%v: mask holds %v", p, v)
			}
		}
		// Five standard deviations of the binomial counts.
		if d := math.Abs(float64(dropped) - p*n); d > 5*math.Sqrt(n*p*(1-p)) {
			t.Errorf("p=%v: dropped %d of %d", p, dropped, n)
		}
		if q := p * p; math.Abs(float64(both)-q*n) > 8*math.Sqrt(n*q*(1-q)) {
			t.Errorf("p=%v: %d neighbours dropped together, want about %v", p, both, q*n)
		}
	}
}

func TestDropoutMaskDependsOnSeedAndStepAlone(t *testing.T) {
	const n = 40000
	make1 := func(seed, step uint64) []float32 {
		m := make([]float32, n)
		DropoutMask(seed, step, 0.5, m)
		return m
	}
	withThreads(t, 1)
	first := make1(1, 1)
	withThreads(t, 3)
	if !slices.Equal(first, make1(1, 1)) {
		t.Error("the mask depends on the number of threads")
	}
	for _, other := range [][]float32{make1(1, 2), make1(2, 1)} {
		same := 0
		for i, v := range first {
			if v == other[i] {
				same++
			}
		}
		if d := math.Abs(float64(same) - n/2); d > 5*math.Sqrt(n/4) {
			t.Errorf("masks of another seed or step agree in %d of %d places", same, n)
		}
	}
	m := make([]float32, 3)
	DropoutMask(1, 1, 0, m)
	if !slices.Equal(m, []float32{1, 1, 1}) {
		t.Errorf("p=0 gives %v", m)
	}
	DropoutMask(1, 1, 1, m)
	if !slices.Equal(m, []float32{0, 0, 0}) {
		t.Errorf("p=1 gives %v", m)
	}
}

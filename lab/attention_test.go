package lab

import (
	"math"
	"testing"
)

// Maps change when the network's weights become random.
func TestAttention(t *testing.T) {
	r := tiny(t, "attention")
	for _, name := range []string{"gradient", "grad_cam"} {
		for _, seed := range []string{"1", "2"} {
			c := numbers(t, r, "sanity", "rank_correlation", name, seed)
			if last := c[len(c)-1]; last > 0.8 {
				t.Errorf("%s, seed %s: correlation %v with random weights", name, seed, last)
			}
		}
	}
}

func TestRankCorrelation(t *testing.T) {
	a := []float32{3, 1, 2, 2, 9}
	for name, c := range map[string]struct {
		b    []float32
		want float64
	}{
		"itself":    {a, 1},
		"monotonic": {[]float32{30, 10, 20, 20, 1000}, 1},
		"reversed":  {[]float32{-3, -1, -2, -2, -9}, -1},
		"constant":  {[]float32{1, 1, 1, 1, 1}, 0},
	} {
		if got := rankCorrelation(a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

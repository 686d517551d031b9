package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func random[T Float](seed uint64, n int, scale float64) []T {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]T, n)
	for i := range x {
		x[i] = T((2*r.Float64() - 1) * scale)
	}
	return x
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

// checkGradient compares the gradient of sum(dy·f(x)) with central
// differences. f writes its result for x into y.
func checkGradient(t *testing.T, what string, x, dy []float64, f func(y []float64), gradient []float64) {
	t.Helper()
	value := func() float64 {
		y := make([]float64, len(dy))
		f(y)
		var s float64
		for i, v := range y {
			s += v * dy[i]
		}
		return s
	}
	for i, x0 := range x {
		const h = 1e-5
		x[i] = x0 + h
		up := value()
		x[i] = x0 - h
		down := value()
		x[i] = x0
		if want := (up - down) / (2 * h); !(math.Abs(gradient[i]-want) <= 1e-6*max(1, math.Abs(want))) {
			t.Errorf("%s: gradient[%d] = %.9g, differences give %.9g", what, i, gradient[i], want)
			return
		}
	}
}

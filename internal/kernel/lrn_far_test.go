// Sizes here are beyond 32 bits.

//go:build !(386 || arm || mips || mipsle)

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

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

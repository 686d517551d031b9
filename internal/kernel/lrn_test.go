package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestLRNOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c, hw := s.between("n", 1, 2), s.between("c", 1, 12), s.between("hw", 1, 300)
		size := s.between("size", 1, 6)
		beta := rapid.SampledFrom([]float64{0.75, 0.5}).Draw(s.t, "beta")
		x, x64 := s.input("x", n*c*hw, 3)
		dy, dy64 := s.input("dy", n*c*hw, 1)
		y, y64 := s.output(n*c*hw), make([]float64, n*c*hw)
		LRNForward(n, c, hw, size, 0.1, beta, 2, x, y)
		LRNForward(n, c, hw, size, 0.1, beta, 2, x64, y64)
		s.same("y", y, y64, 2e-6, 0.1)
		LRNBackward(n, c, hw, size, 0.1, beta, 2, x, dy, y)
		LRNBackward(n, c, hw, size, 0.1, beta, 2, x64, dy64, y64)
		s.same("dx", y, y64, 3e-6, 1)
	})
}

func TestLRNGradient(t *testing.T) {
	for _, size := range []int{1, 2, 3, 4, 5, 20} {
		for _, beta := range []float64{0.75, 0.6} {
			const n, c, hw = 2, 7, 3
			x, dy, dx := random[float64](1, n*c*hw, 2), random[float64](2, n*c*hw, 1), make([]float64, n*c*hw)
			LRNBackward(n, c, hw, size, 0.5, beta, 1.5, x, dy, dx)
			checkGradient(t, "lrn", x, dy, func(y []float64) { LRNForward(n, c, hw, size, 0.5, beta, 1.5, x, y) }, dx)
		}
	}
}

package kernel

import (
	"math"
	"slices"
	"testing"
)

func TestMaxoutOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c, pieces, hw := s.between("n", 1, 2), s.between("c", 1, 3), s.between("pieces", 1, 4), s.between("hw", 1, 50)
		x, x64 := s.input("x", n*c*pieces*hw, 1)
		y, y64 := s.output(n*c*hw), make([]float64, n*c*hw)
		MaxoutForward(n, c, pieces, hw, x, y)
		MaxoutForward(n, c, pieces, hw, x64, y64)
		s.same("maxout", y, y64, 0, 0)
		x[0] = float32(math.NaN())
		if MaxoutForward(n, c, pieces, hw, x, y); y[0] == y[0] {
			s.t.Fatalf("the maximum with NaN is %v", y[0])
		}
	})
}

func TestMaxoutTakesTheFirstOfEquals(t *testing.T) {
	x, dx := []float64{1, 2, 1, 3, 0, 3}, make([]float64, 6)
	MaxoutBackward(1, 1, 3, 2, x, []float64{5, 7}, dx)
	if want := []float64{5, 0, 0, 7, 0, 0}; !slices.Equal(dx, want) {
		t.Errorf("gradient %v, want %v", dx, want)
	}
}

package kernel

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestActivationsOnVectors(t *testing.T) {
	for _, a := range allActs() {
		t.Run(fmt.Sprint(a.Kind), func(t *testing.T) {
			onEachISA(t, func(s *tensors) {
				n := s.between("n", 1, 200)
				scale := rapid.SampledFrom([]float64{0.1, 1, 5, 30, 100, 1e4}).Draw(s.t, "scale")
				x, x64 := s.input("x", n, scale)
				dy, dy64 := s.input("dy", n, 1)
				y, dx := s.output(n), s.output(n)
				y64, dx64 := make([]float64, n), make([]float64, n)
				ActForward(a, x, y)
				ActForward(a, x64, y64)
				// Values near 0 of functions that saturate there have an
				// absolute accuracy only; e^x has that of x.
				s.same("value", y, y64, 3e-6, 1e-6)
				ActBackward(a, x, dy, dx)
				ActBackward(a, x64, dy64, dx64)
				s.same("gradient", dx, dx64, 2e-6, 0.2)
				if a.FromOutput() {
					for i, v := range y {
						y64[i] = float64(v)
					}
					ActBackwardFromOutput(a, y, dy, dx)
					ActBackwardFromOutput(a, y64, dy64, dx64)
					s.same("gradient from output", dx, dx64, 1e-6, 0.2)
				}
				x2, x264 := s.input("x2", n, 1)
				for i := range x264 { // the sum rounds, which moves a kink
					x264[i] = float64(x[i]+x2[i]) - x64[i]
				}
				AddAct(a, x, x2, y)
				AddAct(a, x64, x264, y64)
				s.same("sum's value", y, y64, 3e-6, 1e-6)
				AddActBackward(a, x, x2, dy, dx)
				AddActBackward(a, x64, x264, dy64, dx64)
				s.same("sum's gradient", dx, dx64, 2e-6, 0.2)
			})
		})
	}
}

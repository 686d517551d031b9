package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestOptimizersOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n := s.between("n", 1, 100)
		w, w64 := s.input("w", n, 1)
		g, g64 := s.input("g", n, 1)
		v, v64 := s.input("v", n, 1)
		decay := rapid.SampledFrom([]float64{0, 0.1}).Draw(s.t, "decay")
		flag := func(name string) bool { return s.between(name, 0, 1) == 1 }
		sgd := SGDRule{LR: 0.1, Momentum: 0.9, Dampening: 0.2, WeightDecay: decay,
			Nesterov: flag("nesterov"), Maximize: flag("maximize"), First: flag("first")}
		if flag("plain") {
			sgd.Momentum = 0
		}
		SGDStep(sgd, w, g, v)
		SGDStep(sgd, w64, g64, v64)
		s.same("w", w, w64, 1e-6, 1)
		s.same("v", v, v64, 1e-6, 1)
		for i := range v { // a moving average of squares
			v[i] *= v[i]
			v64[i] = float64(v[i])
		}
		m, m64 := s.input("m", n, 1)
		adam := AdamRule{LR: 0.01, Beta1: 0.9, Beta2: 0.99, Eps: 1e-3, WeightDecay: decay,
			Step: s.between("step", 1, 9), Decoupled: flag("decoupled"), Maximize: flag("maximize")}
		AdamStep(adam, w, g, m, v, nil)
		AdamStep(adam, w64, g64, m64, v64, nil)
		s.same("Adam's w", w, w64, 2e-6, 1)
		s.same("Adam's m", m, m64, 1e-6, 1)
		s.same("Adam's v", v, v64, 1e-6, 1)
	})
}

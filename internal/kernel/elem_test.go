package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestArithmeticOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n := s.between("n", 1, 20000)
		if n > 300 {
			n = n/97*97 + 5
		}
		x1, a := s.input("x1", n, 1)
		x2, b := s.input("x2", n, 1)
		x3, c := s.input("x3", n, 1)
		y, y64 := s.output(n), make([]float64, n)
		AddN(y, x1, x2, x3)
		AddN(y64, a, b, c)
		s.same("sum", y, y64, 1e-6, 1)
		Mul(x1, x2, y)
		Mul(a, b, y64)
		s.same("product", y, y64, 1e-6, 1)
		scaleRange(0.5, x1, y)
		scaleRange(0.5, a, y64)
		s.same("multiple", y, y64, 1e-6, 1)
		addMultiple(1.5, x2, y)
		addMultiple(1.5, b, y64)
		s.same("axpy", y, y64, 1e-6, 1)
	})
}

func TestChannelsOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c := s.between("n", 1, 5), s.between("c", 1, 80)
		hw := rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(bigPlane, bigPlane+40)).Draw(s.t, "hw")
		x, x64 := s.input("x", n*c*hw, 1)
		dy, dy64 := s.input("dy", n*c*hw, 1)
		bias, bias64 := s.input("bias", c, 1)
		scale, scale64 := s.input("scale", n*c, 1)
		y, y64 := s.output(n*c*hw), make([]float64, n*c*hw)
		AddChannel(n, c, hw, x, bias, y)
		AddChannel(n, c, hw, x64, bias64, y64)
		s.same("added", y, y64, 1e-6, 1)
		ScaleChannel(n, c, hw, x, scale, y)
		ScaleChannel(n, c, hw, x64, scale64, y64)
		s.same("scaled", y, y64, 1e-6, 1)
		db, db64 := s.output(c), make([]float64, c)
		ChannelSum(n, c, hw, dy, db)
		ChannelSum(n, c, hw, dy64, db64)
		s.same("sum", db, db64, 1e-6, float64(n*hw))
		ds, ds64 := s.output(n*c), make([]float64, n*c)
		ScaleChannelBackwardScale(n, c, hw, x, dy, ds)
		ScaleChannelBackwardScale(n, c, hw, x64, dy64, ds64)
		s.same("dot", ds, ds64, 1e-6, float64(hw))
	})
}

func TestDropoutOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n := s.between("n", 1, 20000)
		seed, step := uint64(s.between("seed", 0, 1000)), uint64(s.between("step", 0, 1000))
		p := rapid.Float64Range(0, 1).Draw(s.t, "p")
		y, y64 := s.output(n), make([]float64, n)
		DropoutMask(seed, step, p, y)
		DropoutMask(seed, step, p, y64)
		s.same("mask", y, y64, 1e-6, 0)
	})
}

func TestChannelGradients(t *testing.T) {
	for _, hw := range []int{1, 6} {
		const n, c = 2, 5
		x, dy := random[float64](1, n*c*hw, 2), random[float64](2, n*c*hw, 1)
		bias, s := random[float64](3, c, 1), random[float64](4, n*c, 1)
		db, ds, dx := make([]float64, c), make([]float64, n*c), make([]float64, n*c*hw)
		ChannelSum(n, c, hw, dy, db)
		checkGradient(t, "bias", bias, dy, func(y []float64) { AddChannel(n, c, hw, x, bias, y) }, db)
		ScaleChannelBackwardScale(n, c, hw, x, dy, ds)
		checkGradient(t, "scale", s, dy, func(y []float64) { ScaleChannel(n, c, hw, x, s, y) }, ds)
		ScaleChannel(n, c, hw, dy, s, dx)
		checkGradient(t, "scaled", x, dy, func(y []float64) { ScaleChannel(n, c, hw, x, s, y) }, dx)
	}
}

func TestSubsampleGradient(t *testing.T) {
	for _, s := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {2, 1}, {1, 9}} {
		const n, c, h, w = 2, 2, 5, 6
		x, dx := random[float64](1, n*c*h*w, 1), make([]float64, n*c*h*w)
		dy := random[float64](2, n*c*((h-1)/s[0]+1)*((w-1)/s[1]+1), 1)
		SubsampleBackward(n, c, h, w, s[0], s[1], dy, dx)
		checkGradient(t, "subsample", x, dy, func(y []float64) { SubsampleForward(n, c, h, w, s[0], s[1], x, y) }, dx)
	}
}

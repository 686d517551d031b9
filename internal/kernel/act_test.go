package kernel

import (
	"math"
	"testing"
)

// allActs has one of each kind, with parameters where they are needed.
func allActs() []Act {
	var acts []Act
	for k := ActIdentity; k < actKinds; k++ {
		a := Act{Kind: k}
		switch k {
		case ActLeakyReLU:
			a.A = 0.1
		case ActELU, ActCELU:
			a.A = 1.3
		}
		acts = append(acts, a)
	}
	return acts
}

func TestActivationGradients(t *testing.T) {
	x, dy := random[float64](1, 40, 4), random[float64](2, 40, 1)
	x2 := random[float64](3, 40, 4)
	for _, a := range allActs() {
		dx, y := make([]float64, len(x)), make([]float64, len(x))
		ActBackward(a, x, dy, dx)
		checkGradient(t, "act", x, dy, func(y []float64) { ActForward(a, x, y) }, dx)
		AddActBackward(a, x, x2, dy, dx)
		checkGradient(t, "add and act", x, dy, func(y []float64) { AddAct(a, x, x2, y) }, dx)
		checkGradient(t, "add and act", x2, dy, func(y []float64) { AddAct(a, x, x2, y) }, dx)
		if a.FromOutput() || a.Kind == ActELU || a.Kind == ActSELU || a.Kind == ActCELU {
			ActForward(a, x, y)
			ActBackwardFromOutput(a, y, dy, dx)
			checkGradient(t, "act from output", x, dy, func(y []float64) { ActForward(a, x, y) }, dx)
		}
	}
}

func TestActivationsAtExtremes(t *testing.T) {
	for _, a := range allActs() {
		for _, v := range []float64{-3e38, -1e18, -1e4, 1e4, 1e18, 3e38, math.NaN()} {
			// More than one, so that vector and scalar code both meet them.
			x32, y32, dx32, one32 := make([]float32, 37), make([]float32, 37), make([]float32, 37), make([]float32, 37)
			x64, y64, dx64, one64 := make([]float64, 37), make([]float64, 37), make([]float64, 37), make([]float64, 37)
			fill(x32, float32(v))
			fill(x64, v)
			fill(one32, 1)
			fill(one64, 1)
			ActForward(a, x32, y32)
			ActForward(a, x64, y64)
			ActBackward(a, x32, one32, dx32)
			ActBackward(a, x64, one64, dx64)
			for i := range x32 {
				if math.IsNaN(v) {
					if y32[i] == y32[i] || y64[i] == y64[i] {
						t.Fatalf("%+v: f(NaN) = %v, %v", a, y32[i], y64[i])
					}
					continue
				}
				if want := dx64[i]; math.Abs(float64(dx32[i])-want) > 1e-5 {
					t.Fatalf("%+v: slope at %v is %v, want %v", a, v, dx32[i], want)
				}
				for _, got := range []float64{float64(y32[i]), y64[i], float64(dx32[i]), dx64[i]} {
					if math.IsNaN(got) || math.IsInf(got, 0) && math.Abs(v) < 1e38 {
						t.Fatalf("%+v at %v: value %v, %v, slope %v, %v", a, v, y32[i], y64[i], dx32[i], dx64[i])
					}
				}
			}
		}
	}
}

func TestPReLUGradients(t *testing.T) {
	const n, c, hw = 2, 3, 7
	x, dy := random[float64](1, n*c*hw, 1), random[float64](2, n*c*hw, 1)
	for _, slopes := range []int{1, c} {
		slope := random[float64](3, slopes, 0.5)
		forward := func(y []float64) { PReLUForward(n, c, hw, x, slope, y) }
		dx, ds := make([]float64, len(x)), make([]float64, slopes)
		PReLUBackward(n, c, hw, x, slope, dy, dx)
		PReLUBackwardSlope(n, c, hw, x, dy, ds)
		checkGradient(t, "input", x, dy, forward, dx)
		checkGradient(t, "slope", slope, dy, forward, ds)
	}
}

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func random[T Float](seed uint64, n int, scale float64) []T {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]T, n)
	for i := range x {
		x[i] = T((2*r.Float64() - 1) * scale)
	}
	return x
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

func TestBatchNormGradients(t *testing.T) {
	const n, c, hw = 3, 4, 5
	const eps = 1e-3
	x, dy := random[float64](1, n*c*hw, 2), random[float64](2, n*c*hw, 1)
	weight, bias := random[float64](3, c, 1), random[float64](4, c, 1)
	for _, a := range []Act{{}, {Kind: ActReLU}, {Kind: ActSiLU}} {
		for _, training := range []bool{true, false} {
			mean, variance := random[float64](5, c, 0.1), make([]float64, c)
			fill(variance, 0.7)
			forward := func(y []float64) {
				if training {
					BatchNormStats(n, c, hw, x, mean, variance)
				}
				BatchNormForward(n, c, hw, x, mean, variance, weight, bias, eps, a, y)
			}
			forward(make([]float64, len(x)))
			dw, db, dx := make([]float64, c), make([]float64, c), make([]float64, len(x))
			BatchNormBackwardReduce(n, c, hw, x, mean, variance, weight, bias, dy, eps, a, dw, db)
			BatchNormBackwardInput(n, c, hw, x, mean, variance, weight, bias, dy, dw, db, eps, a, training, dx)
			checkGradient(t, "weight", weight, dy, forward, dw)
			checkGradient(t, "bias", bias, dy, forward, db)
			checkGradient(t, "input", x, dy, forward, dx)
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

func TestRowGradients(t *testing.T) {
	const rows, cols = 3, 7
	x, dy := random[float64](1, rows*cols, 2), random[float64](2, rows*cols, 1)
	y, dx := make([]float64, rows*cols), make([]float64, rows*cols)
	SoftmaxRows(rows, cols, x, y)
	SoftmaxRowsBackward(rows, cols, y, dy, dx)
	checkGradient(t, "softmax", x, dy, func(y []float64) { SoftmaxRows(rows, cols, x, y) }, dx)
	LogSoftmaxRows(rows, cols, x, y)
	LogSoftmaxRowsBackward(rows, cols, y, dy, dx)
	checkGradient(t, "log softmax", x, dy, func(y []float64) { LogSoftmaxRows(rows, cols, x, y) }, dx)
	labels, ones := []int{0, 6, 3}, []float64{1, 1, 1}
	CrossEntropyBackward(rows, cols, x, labels, 0.1, 1, dx)
	checkGradient(t, "cross-entropy", x, ones, func(l []float64) { CrossEntropyForward(rows, cols, x, labels, 0.1, l) }, dx)
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

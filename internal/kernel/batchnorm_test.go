package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestBatchNormOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c := s.between("n", 1, 4), s.between("c", 1, 5)
		hw := rapid.OneOf(rapid.IntRange(1, 300), rapid.IntRange(512, 5000)).Draw(s.t, "hw")
		const eps = 1e-5
		m := n * c * hw
		a := rapid.SampledFrom([]Act{{}, {Kind: ActReLU}, {Kind: ActSiLU}}).Draw(s.t, "act")
		x, x64 := s.input("x", m, 2)
		shift := rapid.SampledFrom([]float64{0, 3, 100}).Draw(s.t, "shift")
		for i := range x {
			x[i] += float32(shift)
			x64[i] = float64(x[i])
		}
		mean, mean64 := s.output(c), make([]float64, c)
		variance, variance64 := s.output(c), make([]float64, c)
		BatchNormStats(n, c, hw, x, mean, variance)
		BatchNormStats(n, c, hw, x64, mean64, variance64)
		s.same("mean", mean, mean64, 1e-6, 1)
		s.same("variance", variance, variance64, 2e-6, 1e-3)
		for i := range mean { // compare what follows on equal statistics
			mean64[i], variance[i] = float64(mean[i]), variance[i]+0.1
			variance64[i] = float64(variance[i])
		}
		wt, wt64 := s.input("weight", c, 1)
		bs, bs64 := s.input("bias", c, 1)
		dy, dy64 := s.input("dy", m, 1)
		y, y64 := s.output(m), make([]float64, m)
		BatchNormForward(n, c, hw, x, mean, variance, wt, bs, eps, a, y)
		BatchNormForward(n, c, hw, x64, mean64, variance64, wt64, bs64, eps, a, y64)
		s.same("y", y, y64, 2e-6, 5)
		dw, dw64 := s.output(c), make([]float64, c)
		db, db64 := s.output(c), make([]float64, c)
		// Away from ReLU's kink rounding can't change its slope.
		if a.Kind == ActReLU {
			for i, v := range y64 {
				if v < 1e-4 && v > 0 {
					dy[i], dy64[i] = 0, 0
				}
			}
		}
		BatchNormBackwardReduce(n, c, hw, x, mean, variance, wt, bs, dy, eps, a, dw, db)
		BatchNormBackwardReduce(n, c, hw, x64, mean64, variance64, wt64, bs64, dy64, eps, a, dw64, db64)
		size := float64(n * hw)
		s.same("dweight", dw, dw64, 1e-6, size)
		s.same("dbias", db, db64, 1e-6, size)
		for i := range dw {
			dw64[i], db64[i] = float64(dw[i]), float64(db[i])
		}
		for _, training := range []bool{true, false} {
			dx, dx64 := s.output(m), make([]float64, m)
			BatchNormBackwardInput(n, c, hw, x, mean, variance, wt, bs, dy, dw, db, eps, a, training, dx)
			BatchNormBackwardInput(n, c, hw, x64, mean64, variance64, wt64, bs64, dy64, dw64, db64, eps, a, training, dx64)
			s.same("dx", dx, dx64, 2e-6, 10)
		}
	})
}

func TestBatchNormStatsFarFromZero(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		const n, hw = 8, 1000
		x, x64 := s.input("x", n*hw, 1)
		for i := range x { // the first image far from the others
			x[i] += 1000
			if i < hw {
				x[i] += 300
			}
			x64[i] = float64(x[i])
		}
		mean, variance := s.output(1), s.output(1)
		mean64, variance64 := make([]float64, 1), make([]float64, 1)
		BatchNormStats(n, 1, hw, x, mean, variance)
		BatchNormStats(n, 1, hw, x64, mean64, variance64)
		s.same("mean", mean, mean64, 1e-7, 1)
		s.same("variance", variance, variance64, 3e-6, 1)
	})
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

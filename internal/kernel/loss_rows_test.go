package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestRowsOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		rows, cols := s.between("rows", 1, 5), s.between("cols", 1, 70)
		scale := rapid.SampledFrom([]float64{1, 30, 1000}).Draw(s.t, "scale")
		x, x64 := s.input("x", rows*cols, scale)
		dy, dy64 := s.input("dy", rows*cols, 1)
		y, y64 := s.output(rows*cols), make([]float64, rows*cols)
		dx, dx64 := s.output(rows*cols), make([]float64, rows*cols)
		SoftmaxRows(rows, cols, x, y)
		SoftmaxRows(rows, cols, x64, y64)
		// The exponent's own rounding, at most 2·scale·2⁻²⁴, shows in p.
		rel := 2e-6 + scale*2e-7
		s.same("softmax", y, y64, rel, 1e-3)
		SoftmaxRowsBackward(rows, cols, y, dy, dx)
		SoftmaxRowsBackward(rows, cols, y64, dy64, dx64)
		s.same("softmax gradient", dx, dx64, rel, 1)
		LogSoftmaxRows(rows, cols, x, y)
		LogSoftmaxRows(rows, cols, x64, y64)
		s.same("log softmax", y, y64, 1e-6, scale)
		LogSoftmaxRowsBackward(rows, cols, y, dy, dx)
		LogSoftmaxRowsBackward(rows, cols, y64, dy64, dx64)
		s.same("log softmax gradient", dx, dx64, rel, float64(cols))
		labels := make([]int, rows)
		for i := range labels {
			labels[i] = s.between("label", 0, cols-1)
		}
		loss, loss64 := s.output(rows), make([]float64, rows)
		CrossEntropyForward(rows, cols, x, labels, 0.1, loss)
		CrossEntropyForward(rows, cols, x64, labels, 0.1, loss64)
		s.same("loss", loss, loss64, 1e-6, scale)
		CrossEntropyBackward(rows, cols, x, labels, 0.1, 0.5, dx)
		CrossEntropyBackward(rows, cols, x64, labels, 0.1, 0.5, dx64)
		s.same("loss gradient", dx, dx64, rel, 1)
	})
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

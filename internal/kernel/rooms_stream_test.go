package kernel

import (
	"slices"
	"testing"
)

// Large results take another way to memory, from any alignment.
func TestStreaming(t *testing.T) {
	eachISA(t, func(t *testing.T) {
		const c, hw = 3, 1<<20 + 5
		const m = c * hw
		x1, x2, dy := random[float32](1, m+1, 1)[1:], random[float32](2, m, 1), random[float32](3, m, 1)
		got, want := make([]float32, m+2)[2:], make([]float32, m)
		withThreads(t, 1)
		compare := func(what string, f func(from, to int, y []float32)) {
			t.Helper()
			f(0, m, got)
			for at := 0; at < m; at += 1 << 18 { // each too short to stream
				end := min(at+1<<18, m)
				f(at, end, want[at:end])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: streaming changes the result", what)
			}
		}
		relu := Act{Kind: ActReLU}
		compare("relu", func(a, b int, y []float32) { ActForward(relu, x1[a:b], y) })
		compare("relu's gradient", func(a, b int, y []float32) { ActBackward(relu, x1[a:b], dy[a:b], y) })
		compare("sum", func(a, b int, y []float32) { AddN(y, x1[a:b], x2[a:b]) })
		compare("sum and relu", func(a, b int, y []float32) { AddAct(relu, x1[a:b], x2[a:b], y) })
		compare("its gradient", func(a, b int, y []float32) { AddActBackward(relu, x1[a:b], x2[a:b], dy[a:b], y) })
		mean, variance, scale, shift := []float32{0.1, 0.2, 0.3}, []float32{1, 2, 3}, []float32{2, 3, 4}, []float32{0.5, 0.6, 0.7}
		for _, a := range []Act{{}, relu} {
			BatchNormForward(1, c, hw, x1, mean, variance, scale, shift, 0.1, a, got)
			copy(want, x1) // in place it doesn't stream
			BatchNormForward(1, c, hw, want, mean, variance, scale, shift, 0.1, a, want)
			if !slices.Equal(got, want) {
				t.Errorf("batch norm: streaming changes the result")
			}
			BatchNormBackwardInput(1, c, hw, x1, mean, variance, scale, shift, dy, scale, shift, 0.1, a, true, got)
			copy(want, dy)
			BatchNormBackwardInput(1, c, hw, x1, mean, variance, scale, shift, want, scale, shift, 0.1, a, true, want)
			if !slices.Equal(got, want) {
				t.Errorf("batch norm's gradient: streaming changes the result")
			}
		}
	})
}

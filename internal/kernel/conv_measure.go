package kernel

import (
	"math"
	"time"
)

// coldFloats is how many floats of prepared weights pass by until the first ones
// are needed again: in a network each layer's weights have left the caches when
// its turn comes again.
const coldFloats = 8 << 20

// MeasurePixelConvs runs the algorithms that fit c for about so long each, on
// made-up images, and lists the nanoseconds of a run, the fastest of several, in
// the order of PixelConvs. Weights are read from memory, not from a cache, as in a
// network that has many.
func MeasurePixelConvs(c Conv, each time.Duration) ([]*PixelConv, []float64) {
	c = c.normal()
	list := PixelConvs(c)
	times := make([]float64, len(list))
	x := madeUp(c.N * c.H * c.W * PixelStride(c.C))
	w := madeUp(c.O * (c.C / c.Groups) * c.KH * c.KW)
	y := make([]float32, c.N*c.OutH()*c.OutW()*PixelStride(c.O))
	in, out := Pixels{x, PixelStride(c.C)}, Pixels{y, PixelStride(c.O)}
	for i, p := range list {
		if p == &pixelPlain && len(list) > 1 {
			times[i] = math.Inf(1)
			continue
		}
		copies := make([][]float32, min(64, max(1, coldFloats/max(1, p.Prepared(c)))))
		for k := range copies {
			copies[k] = make([]float32, p.Prepared(c))
			p.Prepare(c, w, copies[k])
		}
		best := math.Inf(1)
		begin := time.Now()
		for run := 0; run < 3 || time.Since(begin) < each; run++ {
			start := time.Now()
			p.Run(c, in, copies[run%len(copies)], PixelEpilogue{}, out)
			if t := float64(time.Since(start)); run > 0 {
				best = min(best, t)
			}
		}
		times[i] = best
	}
	return list, times
}

// madeUp are numbers in [-1, 1) without a pattern.
func madeUp(n int) []float32 {
	x := make([]float32, n)
	state := uint32(1)
	for i := range x {
		state = state*1664525 + 1013904223
		x[i] = float32(int32(state)) / (1 << 31)
	}
	return x
}

package kernel

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
)

// alternate times functions in turn and returns the median seconds of a call
// of each. A round of a function takes about a millisecond or more.
func alternate(rounds int, fs ...func()) []float64 {
	calls := make([]int, len(fs))
	for i, f := range fs {
		f()
		start := time.Now()
		f()
		calls[i] = 1 + int(2*time.Millisecond/max(time.Since(start), 1))
	}
	times := make([][]float64, len(fs))
	for range rounds {
		for i, f := range fs {
			start := time.Now()
			for range calls[i] {
				f()
			}
			times[i] = append(times[i], time.Since(start).Seconds()/float64(calls[i]))
		}
	}
	medians := make([]float64, len(fs))
	for i, t := range times {
		slices.Sort(t)
		medians[i] = t[len(t)/2]
	}
	return medians
}

// TestDepthwiseSpeed prints, with STHENO_SPEED set, what share of a copy
// loop's bandwidth depthwise convolutions reach: the bytes of input and result
// once, against a copy of as many.
func TestDepthwiseSpeed(t *testing.T) {
	if os.Getenv("STHENO_SPEED") == "" {
		t.Skip("STHENO_SPEED is not set")
	}
	for _, threads := range []int{1, 2} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		for _, g := range []struct{ n, c, h, k, s int }{
			{1, 32, 112, 3, 1}, {1, 96, 112, 3, 2}, {1, 144, 56, 3, 1}, {1, 144, 56, 3, 2}, {1, 192, 28, 3, 1}, {1, 384, 14, 3, 1}, {1, 576, 14, 3, 2}, {1, 960, 7, 3, 1},
			{8, 32, 112, 3, 1}, {8, 96, 112, 3, 2}, {8, 144, 56, 3, 1}, {8, 192, 28, 3, 1}, {8, 384, 14, 3, 1}, {8, 960, 7, 3, 1},
			{8, 240, 28, 5, 1}, {8, 96, 28, 7, 1},
		} {
			c := Conv{N: g.n, C: g.c, O: g.c, Groups: g.c, H: g.h, W: g.h, KH: g.k, KW: g.k, PH: g.k / 2, PW: g.k / 2, SH: g.s, SW: g.s}
			rng := rand.New(rand.NewPCG(1, 1))
			stride := PixelStride(c.C)
			in, outs := c.N*c.H*c.W*stride, c.N*c.OutH()*c.OutW()*stride
			x, y := Pixels{as[float32](randoms(rng, in)), stride}, Pixels{make([]float32, outs), stride}
			w := make([]float32, pixelDepthwise.Prepared(c))
			pixelDepthwise.Prepare(c, as[float32](randoms(rng, c.C*c.KH*c.KW)), w)
			bias := as[float32](randoms(rng, c.C))
			bytes := (in + outs) * 4
			from, to := make([]float32, bytes/8), make([]float32, bytes/8)
			m := alternate(7, func() {
				pixelDepthwise.Run(c, x, w, PixelEpilogue{Bias: bias, Act: Act{Kind: ActReLU6}}, y)
			}, func() {
				Parallel(len(from), elementGrain, func(lo, hi int) { copy(to[lo:hi], from[lo:hi]) })
			})
			real := float64(4 * c.N * c.C * (c.H*c.W + c.OutH()*c.OutW()))
			macs := float64(c.N*c.C*c.OutH()*c.OutW()) * float64(c.KH*c.KW)
			fmt.Printf("%d threads %-22s %6.1f MB: %6.1f GB/s, copy %6.1f GB/s, share %.2f, %.0f GFLOP/s\n", threads, fmt.Sprint(g), float64(bytes)/1e6,
				real/m[0]/1e9, float64(bytes)/m[1]/1e9, real/m[0]/(float64(bytes)/m[1]), 2*macs/m[0]/1e9)
		}
	}
}

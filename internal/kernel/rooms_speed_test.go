package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// share runs f and, in turn with it, a loop that copies as many bytes as f
// moves, and reports f's bandwidth and its share of the loop's. Of each the
// shortest run counts: whatever else the machine does makes others longer.
func share(b *testing.B, bytes int, f func()) {
	from, to := make([]float32, bytes/8), make([]float32, bytes/8)
	best := [2]float64{math.Inf(1), math.Inf(1)}
	for b.Loop() {
		for i, f := range [2]func(){f, func() { ActForward(Act{}, from, to) }} {
			start := time.Now()
			f()
			best[i] = min(best[i], time.Since(start).Seconds())
		}
	}
	b.ReportMetric(float64(bytes)/best[0]/1e9, "GB/s")
	b.ReportMetric(best[1]/best[0], "of-copy")
}

// The depthwise layers of MobileNetV2, and larger kernels.
func BenchmarkPixelDepthwise(b *testing.B) {
	for _, g := range []struct{ n, c, size, k, s int }{
		{1, 32, 112, 3, 1}, {1, 96, 112, 3, 2}, {1, 144, 56, 3, 1}, {1, 144, 56, 3, 2}, {1, 192, 28, 3, 1}, {1, 384, 14, 3, 1}, {1, 576, 14, 3, 2}, {1, 960, 7, 3, 1},
		{8, 32, 112, 3, 1}, {8, 96, 112, 3, 2}, {8, 144, 56, 3, 1}, {8, 192, 28, 3, 1}, {8, 384, 14, 3, 1}, {8, 960, 7, 3, 1},
		{1, 240, 28, 5, 1}, {8, 240, 28, 5, 1}, {1, 96, 28, 7, 1},
	} {
		c := Conv{N: g.n, C: g.c, O: g.c, Groups: g.c, H: g.size, W: g.size, KH: g.k, KW: g.k, PH: g.k / 2, PW: g.k / 2, SH: g.s, SW: g.s}
		b.Run(fmt.Sprintf("%dx%dx%dx%d-%dx%ds%d", g.n, g.c, g.size, g.size, g.k, g.k, g.s), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			x, y := pixels(rng, c.N*c.H*c.W, c.C), pixels(rng, c.N*c.OutH()*c.OutW(), c.C)
			w := make([]float32, pixelDepthwise.Prepared(c))
			pixelDepthwise.Prepare(c, as[float32](randoms(rng, c.C*c.KH*c.KW)), w)
			ep := PixelEpilogue{Bias: as[float32](randoms(rng, c.C)), Act: Act{Kind: ActReLU6}}
			share(b, 4*c.N*c.C*(c.H*c.W+c.OutH()*c.OutW()), func() { pixelDepthwise.Run(c, x, w, ep, y) })
		})
	}
}

// The poolings of GoogLeNet and ResNet, with their NCHW siblings' time over
// theirs.
func BenchmarkPixelMaxPool(b *testing.B) {
	for _, g := range []struct{ n, c, size, k, s, p int }{
		{1, 64, 112, 3, 2, 1}, {1, 192, 56, 3, 2, 0}, {1, 256, 28, 3, 1, 1}, {1, 512, 14, 3, 1, 1}, {1, 832, 7, 3, 1, 1}, {8, 64, 112, 3, 2, 1}, {8, 128, 56, 2, 2, 0},
	} {
		p := Pool{N: g.n, C: g.c, H: g.size, W: g.size, KH: g.k, KW: g.k, SH: g.s, SW: g.s, PH: g.p, PW: g.p}
		p.OH, p.OW = (p.H+2*p.PH-p.KH)/p.SH+1, (p.W+2*p.PW-p.KW)/p.SW+1
		b.Run(fmt.Sprintf("%dx%dx%dx%d-%dx%ds%d", g.n, g.c, g.size, g.size, g.k, g.k, g.s), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			x, y := pixels(rng, p.N*p.H*p.W, p.C), pixels(rng, p.N*p.OH*p.OW, p.C)
			nchw, out := as[float32](randoms(rng, p.N*p.C*p.H*p.W)), make([]float32, p.N*p.C*p.OH*p.OW)
			last, first := math.Inf(1), math.Inf(1)
			for b.Loop() {
				start := time.Now()
				PixelMaxPool(p, x, y)
				last = min(last, time.Since(start).Seconds())
				start = time.Now()
				MaxPoolForward(p, nchw, out)
				first = min(first, time.Since(start).Seconds())
			}
			b.ReportMetric(first/last, "nchw/this")
			b.ReportMetric(float64(4*p.N*p.C*(p.H*p.W+p.OH*p.OW))/last/1e9, "GB/s")
		})
	}
}

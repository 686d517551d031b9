package kernel

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// planarRun is the same with images (N, C, H, W).
func planarRun(c Conv) func() {
	x, y := make([]float32, c.N*c.C*c.H*c.W), make([]float32, c.N*c.O*c.OutH()*c.OutW())
	w := make([]float32, c.O*c.C/max(1, c.Groups)*c.KH*c.KW)
	fill(x, 0.5)
	fill(w, 0.1)
	ep := Epilogue[float32]{Bias: w[:c.O], Act: Act{Kind: ActReLU}}
	return func() { ConvForward(c, x, w, ep, y) }
}

// BenchmarkPixelConv reports each layer's share of the multiply-add peak, a
// thread's as measured in turn with it times 1 or 2 threads, and how many times as long ConvForward
// takes. Run it with
// -benchtime 1x.
func BenchmarkPixelConv(b *testing.B) {
	if isa == nil {
		b.Skip("plain Go")
	}
	for _, name := range []string{"resnet50", "googlenet", "resnet20", "mobilenetv2"} {
		for _, n := range []int{1, batches[name]} {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/batch=%d/threads=%d", name, n, threads), func(b *testing.B) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
					var flops, ours, theirs float64
					for _, l := range pixelNetworks[name] {
						c := l.Conv
						c.N = n
						p := &pixelDirect
						planar := c
						planar.Fast = true
						atPeak, peakFlops := peakRun()
						t := fastest(80*time.Millisecond, pixelRun(p, c), planarRun(planar), atPeak)
						peak := peakFlops / t[2] * float64(threads)
						b.Logf("%4dx%-3d -> %4d, %dx%d/%d: %6.0f us %5.1f %% of peak, NCHW %.2f", c.C, c.H, c.O, c.KH, c.KW, c.SH, t[0]/1000, 100*flopsOf(c)/t[0]/peak, t[1]/t[0])
						flops += float64(l.times) * flopsOf(c) / peak
						ours += float64(l.times) * t[0]
						theirs += float64(l.times) * t[1]
					}
					for range b.N {
					}
					b.ReportMetric(100*flops/ours, "%peak")
					b.ReportMetric(theirs/ours, "NCHW/ours")
					b.ReportMetric(ours/1e6, "ms")
				})
			}
		}
	}
}

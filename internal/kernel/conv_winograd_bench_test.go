package kernel

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// winogradLayers are the layers of networks that Winograd's algorithm is for;
// a layer's times is the larger batch it is measured with.
var winogradLayers = []layer{
	square(128, 16, 32, 16, 3, 1), square(128, 32, 16, 32, 3, 1), square(128, 64, 8, 64, 3, 1), // CIFAR ResNet
	square(8, 64, 56, 64, 3, 1), square(8, 128, 28, 128, 3, 1), square(8, 256, 14, 256, 3, 1), square(8, 512, 7, 512, 3, 1), // ResNet
	square(16, 64, 56, 192, 3, 1), square(16, 96, 28, 128, 3, 1), square(16, 128, 28, 192, 3, 1), square(16, 96, 14, 208, 3, 1), square(16, 112, 14, 224, 3, 1), square(16, 160, 14, 320, 3, 1), square(16, 192, 7, 384, 3, 1), // GoogLeNet
	square(16, 16, 28, 32, 5, 1), square(16, 32, 28, 96, 5, 1), square(16, 24, 14, 64, 5, 1), square(16, 32, 14, 128, 5, 1), square(16, 48, 7, 128, 5, 1),
	square(4, 64, 224, 64, 3, 1), square(4, 128, 112, 128, 3, 1), square(4, 256, 56, 256, 3, 1), square(4, 512, 28, 512, 3, 1), square(4, 512, 14, 512, 3, 1), // VGG
}

// BenchmarkPixelWinograd reports, for each layer, the times of the direct
// algorithm and of Winograd's, the share of the peak that the definition's
// multiply-adds would make in that time, and how many times as long as the
// fastest ConvForward takes. A star marks the registry's choice, with its time
// over that of the fastest. Run it with -benchtime 1x.
func BenchmarkPixelWinograd(b *testing.B) {
	if isa == nil {
		b.Skip("plain Go")
	}
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
			peak := float64(threads) * shortPeak()
			for _, l := range winogradLayers {
				for _, n := range []int{1, l.times} {
					c := l.Conv
					c.N, c.Fast = n, true
					list := []*PixelConv{&pixelDirect, &pixelWinograd43, &pixelWinograd23}
					if c.KH == 5 {
						list = []*PixelConv{&pixelDirect, &pixelWinograd25}
					}
					runs := []func(){planarRun(c)}
					for _, p := range list {
						runs = append(runs, pixelRun(p, c))
					}
					t := fastest(150*time.Millisecond, runs...)
					chosen := PixelConvs(c)[0]
					line, best := "", slices.Min(t[1:])
					for i, p := range list {
						line += fmt.Sprintf(" %8.0f us (%5.1f %%, predicted %8.0f)", t[i+1]/1000, 100*flopsOf(c)/t[i+1]/peak, p.Cost(c)/1000)
						if p == chosen {
							line += fmt.Sprintf("* %.2f", t[i+1]/best)
						}
					}
					b.Logf("%3d x %3dx%-3d -> %3d, %dx%d: NCHW %5.2f;%s", n, c.C, c.H, c.O, c.KH, c.KW, t[0]/best, line)
				}
			}
			for range b.N {
			}
		})
	}
}

package kernel

import (
	"math"
	"runtime"
	"testing"
	"time"
)

func TestPixelCosts(t *testing.T) { eachISA(t, pixelCosts) }

func pixelCosts(t *testing.T) {
	for name, layers := range pixelNetworks {
		for _, l := range layers {
			c := l.Conv
			for _, p := range PixelConvs(c) {
				cost := p.Cost(c)
				if !(cost > 0) || math.IsInf(cost, 0) {
					t.Errorf("%s, %+v: %s costs %v", name, c, p.Name, cost)
				}
				c.N = 64
				if more := p.Cost(c); !(more > cost) {
					t.Errorf("%s, %+v: %s costs %v, for one image %v", name, c, p.Name, more, cost)
				}
				c.N = 1
			}
			if isa != nil && PixelConvs(c)[0] == &pixelPlain {
				t.Errorf("%s, %+v: plain Go comes first", name, c)
			}
		}
	}
}

// BenchmarkPixelChoice reports, over the layers that leave a choice, how often
// the algorithm that comes first is the fastest one or within 5 % of it, and how
// much time they lose against the best choice. Weights come from memory, as they
// do in a network. Run it with -benchtime 1x.
func BenchmarkPixelChoice(b *testing.B) {
	for _, threads := range []int{1, 2} {
		for _, name := range []string{"resnet50", "googlenet", "resnet20"} {
			for _, n := range []int{1, batches[name]} {
				b.Run(name, func(b *testing.B) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
					var right, layers, ours, best float64
					for _, l := range pixelNetworks[name] {
						c := l.Conv
						c.N, c.Fast = n, true
						list, times := MeasurePixelConvs(c, 30*time.Millisecond)
						list = list[:len(list)-1] // without plain Go, which is not measured
						if len(list) < 2 {
							continue
						}
						least := 0
						for i, t := range times[:len(list)] {
							if t < times[least] {
								least = i
							}
						}
						for i, p := range list {
							b.Logf("%4dx%-3d -> %4d, %dx%d/%d, %3d images, %d threads: %-16s predicted %8.0f us, took %8.0f", c.C, c.H, c.O, c.KH, c.KW, c.SH, n, threads, p.Name, p.Cost(c)/1000, times[i]/1000)
						}
						layers++
						if times[0] < 1.05*times[least] {
							right++
						}
						ours += float64(l.times) * times[0]
						best += float64(l.times) * times[least]
					}
					for range b.N {
					}
					b.ReportMetric(100*right/layers, "%right")
					b.ReportMetric(100*(ours/best-1), "%lost")
				})
			}
		}
	}
}

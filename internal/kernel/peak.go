package kernel

import (
	"sync"
	"time"
)

// PeakGFLOPS measures the floating-point peak of an instruction set in
// GFLOP/s, on as many threads as given: fused multiply-adds on registers
// alone. It is what the kernels' speeds are compared with.
func PeakGFLOPS(isa string, threads int) float64 {
	threads = max(threads, 1)
	best := 0.0
	for range 3 {
		var wg sync.WaitGroup
		flops := make([]float64, threads)
		start := time.Now()
		for i := range threads {
			wg.Go(func() {
				for range 20 {
					flops[i] += peakPlain()
				}
			})
		}
		wg.Wait()
		seconds := time.Since(start).Seconds()
		sum := 0.0
		for _, f := range flops {
			sum += f
		}
		best = max(best, sum/seconds/1e9)
	}
	return best
}

// peakSink keeps the compiler from dropping the loop.
var peakSink struct {
	sync.Mutex
	v float32
}

// peakPlain runs scalar multiply-adds and returns how many operations.
func peakPlain() float64 {
	const rounds = 100_000
	var a, b, c, d, e, f, g, h float32 = 1, 2, 3, 4, 5, 6, 7, 8
	const m, s = 0.999, 0.001
	for range rounds {
		a, b, c, d = a*m+s, b*m+s, c*m+s, d*m+s
		e, f, g, h = e*m+s, f*m+s, g*m+s, h*m+s
	}
	peakSink.Lock()
	peakSink.v = a + b + c + d + e + f + g + h
	peakSink.Unlock()
	return rounds * 16
}

package kernel

import (
	"sync"
	"time"
)

// PeakGFLOPS measures the floating-point peak of an instruction set ("avx512",
// "avx2", "neon" or "generic") in GFLOP/s, on as many threads as given: multiply-adds
// on registers alone. It is what the kernels' speeds are compared with. It
// takes some 30 milliseconds. For an instruction set that the CPU lacks it is
// that of plain Go.
func PeakGFLOPS(isa string, threads int) float64 {
	run, flops := peakPlain, peakPlainFlops
	if s := findISA(isa); s != nil {
		run, flops = s.peak, s.flops
	}
	const rounds, calls = 20_000, 20 // a call stays well under a millisecond
	threads = max(threads, 1)
	best := 0.0
	for range 3 {
		var wg sync.WaitGroup
		start := time.Now()
		for range threads {
			wg.Go(func() {
				for range calls {
					run(rounds)
				}
			})
		}
		wg.Wait()
		best = max(best, flops*rounds*calls*float64(threads)/float64(time.Since(start).Nanoseconds()))
	}
	return best
}

// peakSink keeps the compiler from dropping the loop.
var peakSink struct {
	sync.Mutex
	v float32
}

const peakPlainFlops = 16.0

func peakPlain(rounds int) {
	var a, b, c, d, e, f, g, h float32 = 1, 2, 3, 4, 5, 6, 7, 8
	const m, s = 0.999, 0.001
	for range rounds {
		a, b, c, d = a*m+s, b*m+s, c*m+s, d*m+s
		e, f, g, h = e*m+s, f*m+s, g*m+s, h*m+s
	}
	peakSink.Lock()
	peakSink.v = a + b + c + d + e + f + g + h
	peakSink.Unlock()
}

package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/internal/kernel"
)

var peaks struct {
	sync.Mutex
	byThreads map[int]float64
}

// peak is the best that the machine has shown so far on so many threads: a
// busy one may not show it at once.
func peak(threads int) float64 {
	peaks.Lock()
	defer peaks.Unlock()
	if peaks.byThreads == nil {
		peaks.byThreads = map[int]float64{}
	}
	peaks.byThreads[threads] = max(peaks.byThreads[threads], kernel.PeakGFLOPS(kernel.ISA(), threads))
	return peaks.byThreads[threads]
}

// measure benchmarks f and reports GFLOP/s and percent of the peak. They come
// from the fastest run: on a machine that does other things too, that is the
// one that says most about the kernel.
func measure(b *testing.B, flops float64, threads int, f func()) {
	// Set here: the testing package sets it anew for each innermost benchmark.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	f()
	best := math.Inf(1)
	for b.Loop() {
		start := time.Now()
		f()
		best = min(best, float64(time.Since(start).Nanoseconds()))
	}
	b.ReportMetric(flops/best, "gflops")
	b.ReportMetric(100*flops/best/peak(threads), "pct_peak")
}

// onThreads runs a benchmark on one thread and on two, if there are two.
func onThreads(b *testing.B, f func(b *testing.B, threads int)) {
	for threads := 1; threads <= min(2, runtime.NumCPU()); threads++ {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) { f(b, threads) })
	}
}

func normals(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

// BenchmarkGemm: square products, and the linear layers of AlexNet and VGG
// forward (NT), backward to the data (NN) and to the weights (TN).
func BenchmarkGemm(b *testing.B) {
	for _, p := range []struct {
		name           string
		transA, transB bool
		m, n, k        int
	}{
		{"256", false, false, 256, 256, 256},
		{"1024", false, false, 1024, 1024, 1024},
		{"1024_NT", false, true, 1024, 1024, 1024},
		{"1024_TN", true, false, 1024, 1024, 1024},
		{"2048", false, false, 2048, 2048, 2048},
		{"linear_9216_4096_b32", false, true, 32, 4096, 9216},
		{"linear_9216_4096_b32_data", false, false, 32, 9216, 4096},
		{"linear_9216_4096_b32_weights", true, false, 4096, 9216, 32},
		{"linear_9216_4096_b1", false, true, 1, 4096, 9216},
		{"linear_400_120_b128", false, true, 128, 120, 400},
		{"linear_512_1000_b16", false, true, 16, 1000, 512},
	} {
		b.Run(p.name, func(b *testing.B) {
			onThreads(b, func(b *testing.B, threads int) {
				x, y, z := normals(p.m*p.k), normals(p.k*p.n), make([]float32, p.m*p.n)
				lda, ldb := p.k, p.n
				if p.transA {
					lda = p.m
				}
				if p.transB {
					ldb = p.k
				}
				measure(b, 2*float64(p.m)*float64(p.n)*float64(p.k), threads, func() {
					kernel.Gemm(p.transA, p.transB, p.m, p.n, p.k, x, lda, y, ldb, 0, z, p.n)
				})
			})
		})
	}
}

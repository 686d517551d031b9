package lab

import (
	"runtime"
	"slices"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
)

// KernelMeasurement is the speed of one kernel, the median over the runs.
type KernelMeasurement struct {
	Kernel     string  `json:"kernel"`
	Size       int     `json:"size"`
	ISA        string  `json:"isa"`
	Threads    int     `json:"threads"`
	Runs       int     `json:"runs"`
	GFLOPS     float64 `json:"gflops"`
	PeakGFLOPS float64 `json:"peak_gflops"`
}

// MeasureKernel times a kernel on square float32 matrices of that size. The
// only kernel so far is "sgemm", the product of two matrices. threads 0 means
// GOMAXPROCS as it is, seconds 0 means 2.
func MeasureKernel(name string, size, threads int, seconds float64) (KernelMeasurement, error) {
	if name != "sgemm" {
		return KernelMeasurement{}, errors.Errorf("no kernel %q to measure, want sgemm", name)
	}
	if size < 1 {
		return KernelMeasurement{}, errors.Errorf("matrices of size %d, want at least 1", size)
	}
	if threads > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	}
	if seconds <= 0 {
		seconds = 2
	}
	a, b, c := make([]float32, size*size), make([]float32, size*size), make([]float32, size*size)
	for i := range a {
		a[i], b[i] = float32(i%7)-3, float32(i%5)-2
	}
	run := func() { kernel.Gemm(false, false, size, size, size, a, size, b, size, 0, c, size) }
	run()
	var times []float64
	for start := time.Now(); len(times) < 3 || time.Since(start).Seconds() < seconds; {
		t := time.Now()
		run()
		times = append(times, time.Since(t).Seconds())
	}
	slices.Sort(times)
	n := float64(size)
	return KernelMeasurement{
		Kernel: name, Size: size, ISA: kernel.ISA(), Threads: runtime.GOMAXPROCS(0), Runs: len(times),
		GFLOPS:     2 * n * n * n / times[len(times)/2] / 1e9,
		PeakGFLOPS: kernel.PeakGFLOPS(kernel.ISA(), runtime.GOMAXPROCS(0)),
	}, nil
}

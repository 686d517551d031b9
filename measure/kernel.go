package measure

import (
	"context"
	"runtime"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/internal/size"
)

// KernelSpeed is the speed of one kernel, the median over the runs.
type KernelSpeed struct {
	Kernel     string  `json:"kernel"`
	Size       int     `json:"size"`
	ISA        string  `json:"isa"`
	Threads    int     `json:"threads"`
	Runs       int     `json:"runs"`
	GFLOPS     float64 `json:"gflops"`
	PeakGFLOPS float64 `json:"peak_gflops"`
}

// KernelWorkload is a kernel to measure.
type KernelWorkload struct {
	// Kernel is "sgemm", the product of two square float32 matrices and the
	// only one so far.
	Kernel string
	// Size is the number of rows and columns, 1 to MostKernelSize.
	Size int
	// Threads and Seconds are as in Workload.
	Threads int
	Seconds float64
}

// MostKernelSize is the largest matrix that is measured: its product takes some
// seconds.
const MostKernelSize = 8192

// Kernel times a kernel. It ends with ctx's error when ctx does, after the
// run that is under way.
func Kernel(ctx context.Context, w KernelWorkload) (KernelSpeed, error) {
	if kernels := []string{"sgemm"}; lookup.Find(w.Kernel, kernels) < 0 {
		return KernelSpeed{}, lookup.Unknown("kernel", w.Kernel, kernels)
	}
	n := w.Size
	if n < 1 || n > MostKernelSize {
		return KernelSpeed{}, errors.Errorf("measure: matrices of size %d, want 1 to %d", n, MostKernelSize)
	}
	if err := size.FitShape("measure: three matrices", []int{3, n, n}, 4); err != nil {
		return KernelSpeed{}, err
	}
	end, seconds, err := begin(ctx, w.Threads, w.Seconds)
	if err != nil {
		return KernelSpeed{}, err
	}
	defer end()
	a, b, c := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
	for i := range a {
		a[i], b[i] = float32(i%7)-3, float32(i%5)-2
	}
	run := func(context.Context) error {
		kernel.Gemm(false, false, n, n, n, a, n, b, n, 0, c, n)
		return nil
	}
	if err := run(ctx); err != nil { // once to warm up
		return KernelSpeed{}, err
	}
	times, err := repeat(ctx, seconds, run)
	if err != nil {
		return KernelSpeed{}, err
	}
	cubed := float64(n) * float64(n) * float64(n)
	return KernelSpeed{
		Kernel: "sgemm", Size: n, ISA: kernel.ISA(), Threads: runtime.GOMAXPROCS(0), Runs: len(times),
		GFLOPS:     2 * cubed / times[len(times)/2] / 1e9,
		PeakGFLOPS: kernel.PeakGFLOPS(kernel.ISA(), runtime.GOMAXPROCS(0)),
	}, nil
}

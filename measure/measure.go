// Package measure times networks: how fast a step is, where its time goes, what
// memory it takes, how soon a file of weights gives its first answer, and how far
// the loss's gradient reaches.
//
//	m, err := measure.Steps(ctx, measure.Workload{Net: net, Input: imaging.Shape{3, 32, 32}, Batch: 128, Train: true})
//	fmt.Printf("%.1f images/s\n", m.ImagesPerSecond)
package measure

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/kernel"
)

// Speed is what Steps found. Times are medians over the runs.
type Speed struct {
	Arch            string  `json:"arch"`
	Batch           int     `json:"batch"`
	Mode            string  `json:"mode"` // "train" or "infer"
	Threads         int     `json:"threads"`
	ISA             string  `json:"isa"` // instruction set of the kernels
	Runs            int     `json:"runs"`
	MsPerStep       float64 `json:"ms_per_step"`
	ImagesPerSecond float64 `json:"images_per_second"`
	// CPUMsPerStep is the processor time of all threads, in the mean; 0 where the
	// system does not tell. It is worth something where others use the processors too.
	CPUMsPerStep float64 `json:"cpu_ms_per_step"`
	// GFLOPS counts two operations for each multiply-addition that the
	// convolutions and linear layers need when computed directly.
	GFLOPS     float64 `json:"gflops"`
	PeakGFLOPS float64 `json:"peak_gflops"` // of multiply-adds on registers alone, measured
	// PlannedMemoryBytes are the program's tensors; PeakMemoryBytes the most
	// the process held so far, 0 where the system does not tell.
	PlannedMemoryBytes int64   `json:"planned_memory_bytes"`
	PeakMemoryBytes    int64   `json:"peak_memory_bytes"`
	AllocsPerStep      float64 `json:"allocs_per_step"`
	AllocBytesPerStep  float64 `json:"alloc_bytes_per_step"`
}

// PercentOfPeak is GFLOPS in percent of PeakGFLOPS.
func (m Speed) PercentOfPeak() float64 { return 100 * m.GFLOPS / m.PeakGFLOPS }

// Steps runs the workload on made-up images and times its steps. It ends with
// ctx's error when ctx does.
func Steps(ctx context.Context, w Workload) (Speed, error) {
	r, err := Start(ctx, w)
	if err != nil {
		return Speed{}, err
	}
	defer r.Close()
	return r.Measure(ctx)
}

// Running is a workload that is built and warm: it can be measured again and
// again, in turn with something else.
type Running struct {
	w       Workload
	program *graph.Program
	step    func(context.Context) error
	seconds float64
	end     func()
	peak    float64 // in GFLOPS; 0 before the first measurement
}

// Start builds the workload and does two steps to warm up.
func Start(ctx context.Context, w Workload) (*Running, error) {
	end, seconds, err := begin(ctx, w.Threads, w.Seconds)
	if err != nil {
		return nil, err
	}
	p, step, err := w.start(ctx)
	if err != nil {
		end()
		return nil, err
	}
	return &Running{w: w, program: p, step: step, seconds: seconds, end: end}, nil
}

// Close ends the workload. It may not be measured after that.
func (r *Running) Close() error {
	r.end()
	r.end = func() {}
	return r.program.Close()
}

// Measure times the steps of the workload for as long as it says.
func (r *Running) Measure(ctx context.Context) (Speed, error) {
	w, p := r.w, r.program
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	busy := processorTime()
	times, err := repeat(ctx, r.seconds, r.step)
	busy = processorTime() - busy
	if err != nil {
		return Speed{}, err
	}
	runtime.ReadMemStats(&after)
	if r.peak == 0 {
		r.peak = kernel.PeakGFLOPS(kernel.ISA(), runtime.GOMAXPROCS(0))
	}
	median := times[len(times)/2]
	runs := float64(len(times))
	mem := p.Memory()
	m := Speed{
		Arch: w.Name, Batch: w.Batch, Mode: "infer", Threads: runtime.GOMAXPROCS(0), ISA: kernel.ISA(), Runs: len(times),
		MsPerStep: median * 1e3, ImagesPerSecond: float64(w.Batch) / median, CPUMsPerStep: busy.Seconds() * 1e3 / runs,
		GFLOPS:             2 * float64(p.MACs()) / median / 1e9,
		PeakGFLOPS:         r.peak,
		PlannedMemoryBytes: mem.Values + mem.Params + mem.Input, PeakMemoryBytes: peakMemory(),
		AllocsPerStep:     float64(after.Mallocs-before.Mallocs) / runs,
		AllocBytesPerStep: float64(after.TotalAlloc-before.TotalAlloc) / runs,
	}
	if w.Train {
		m.Mode = "train"
	}
	return m, nil
}

// repeat calls f for so many seconds, three times at least, and returns how long
// each call took, in seconds, the shortest first.
func repeat(ctx context.Context, seconds float64, f func(context.Context) error) ([]float64, error) {
	var times []float64
	for start := time.Now(); len(times) < 3 || time.Since(start).Seconds() < seconds; {
		if err := ctx.Err(); err != nil {
			return nil, errors.Wrap(err, "measure")
		}
		t := time.Now()
		if err := f(ctx); err != nil {
			return nil, err
		}
		times = append(times, time.Since(t).Seconds())
	}
	slices.Sort(times)
	return times, nil
}

// Package lab measures networks: how fast a step is, where its time goes and
// what memory it takes.
package lab

import (
	"context"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/trainer"
)

// Workload is a network to measure.
type Workload struct {
	Name  string // for the report
	Net   graph.Block
	Input imaging.Shape
	Batch int
	// Train measures a whole training step: forward, loss, derivative and an
	// update by SGD with momentum. Otherwise an inference run.
	Train bool
	// Threads to run on; 0 means GOMAXPROCS as it is.
	Threads int
	// Seconds to measure for, after two runs to warm up; 0 means 2. At least
	// three runs are measured.
	Seconds float64
}

// Measurement is what Measure found. Times are medians over the runs.
type Measurement struct {
	Arch            string  `json:"arch"`
	Batch           int     `json:"batch"`
	Mode            string  `json:"mode"` // "train" or "infer"
	Threads         int     `json:"threads"`
	ISA             string  `json:"isa"` // instruction set of the kernels
	Runs            int     `json:"runs"`
	MsPerStep       float64 `json:"ms_per_step"`
	ImagesPerSecond float64 `json:"images_per_second"`
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
func (m Measurement) PercentOfPeak() float64 { return 100 * m.GFLOPS / m.PeakGFLOPS }

// Measure runs the workload on made-up images and times its steps.
func Measure(w Workload) (Measurement, error) {
	if w.Threads > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(w.Threads))
	}
	if w.Seconds <= 0 {
		w.Seconds = 2
	}
	step, p, err := w.prepare()
	if err != nil {
		return Measurement{}, err
	}
	defer p.Close()
	for range 2 {
		if err := step(); err != nil {
			return Measurement{}, err
		}
	}
	var before, after runtime.MemStats
	var times []float64
	runtime.ReadMemStats(&before)
	for start := time.Now(); len(times) < 3 || time.Since(start).Seconds() < w.Seconds; {
		t := time.Now()
		if err := step(); err != nil {
			return Measurement{}, err
		}
		times = append(times, time.Since(t).Seconds())
	}
	runtime.ReadMemStats(&after)
	slices.Sort(times)
	median := times[len(times)/2]
	runs := float64(len(times))
	mem := p.Memory()
	m := Measurement{
		Arch: w.Name, Batch: w.Batch, Mode: "infer", Threads: runtime.GOMAXPROCS(0), ISA: kernel.ISA(), Runs: len(times),
		MsPerStep: median * 1e3, ImagesPerSecond: float64(w.Batch) / median,
		GFLOPS:             2 * float64(p.MACs()) / median / 1e9,
		PeakGFLOPS:         kernel.PeakGFLOPS(kernel.ISA(), runtime.GOMAXPROCS(0)),
		PlannedMemoryBytes: mem.Values + mem.Params + mem.Input, PeakMemoryBytes: peakMemory(),
		AllocsPerStep:     float64(after.Mallocs-before.Mallocs) / runs,
		AllocBytesPerStep: float64(after.TotalAlloc-before.TotalAlloc) / runs,
	}
	if w.Train {
		m.Mode = "train"
	}
	return m, nil
}

// sample makes images and labels up: the same for every call.
func (w Workload) sample(classes int) (images []float32, labels []int) {
	images = make([]float32, w.Batch*w.Input.Channels*w.Input.Height*w.Input.Width)
	for i := range images {
		images[i] = float32(math.Sin(float64(i)))
	}
	labels = make([]int, w.Batch)
	for i := range labels {
		labels[i] = (7*i + 3) % max(classes, 1)
	}
	return images, labels
}

// prepare builds the program and returns what one step does.
func (w Workload) prepare() (func() error, *graph.Program, error) {
	return w.prepareOn(graph.NewParams(1))
}

func (w Workload) prepareOn(store *graph.Params) (func() error, *graph.Program, error) {
	if w.Batch < 1 {
		return nil, nil, errors.Errorf("measure: batch of %d images", w.Batch)
	}
	shape := w.Input.WithBatch(w.Batch)
	cfg := graph.InferenceConfig(shape...)
	if w.Train {
		cfg = graph.TrainingConfig(shape...)
	}
	p, err := graph.Build(w.Net, store, cfg)
	if err != nil {
		return nil, nil, err
	}
	images, labels := w.sample(p.Classes())
	if !w.Train {
		return func() error { _, err := p.Run(context.Background(), images); return err }, p, nil
	}
	solver, err := trainer.NewSolver(trainer.SGD{LR: 1e-6, Momentum: 0.9})
	if err != nil {
		return nil, nil, err
	}
	return func() error {
		if _, err := p.Step(context.Background(), images, graph.Labels(labels)); err != nil {
			return err
		}
		parameters, err := trainer.ParametersOf(p)
		if err != nil {
			return err
		}
		return solver.Update(parameters)
	}, p, nil
}

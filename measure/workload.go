package measure

import (
	"context"
	"math"
	"runtime"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/size"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// Workload is a network to measure, on images and labels that are made up: the
// same for every call.
type Workload struct {
	Name  string // for the report
	Net   graph.Block
	Input imaging.Shape // of one image
	Batch int           // images a step
	// Train measures a whole training step: forward, loss, derivative and an
	// update by SGD with momentum. Otherwise an inference run.
	Train bool
	// Weights is a safetensors file of the network's parameters and buffers; empty
	// means that they are as it starts.
	Weights string
	// Without, Exact and Tune are graph.Config's Without, ExactConvolutions and Tune,
	// to measure what a pass is good for.
	Without     []string
	Exact, Tune bool
	// Threads to run on, at most MostThreads(); 0 means GOMAXPROCS as it is.
	// GOMAXPROCS is the whole process's: measure nothing else meanwhile.
	Threads int
	// Seconds to measure for, after two steps to warm up; 0 means 2, and a day
	// is the most. At least three steps are measured.
	Seconds float64
}

// MostThreads is the largest number of threads that is measured: this machine's
// processors, or 64 if it has fewer.
func MostThreads() int { return max(64, runtime.NumCPU()) }

const (
	usualSeconds = 2
	mostSeconds  = 24 * 60 * 60
	mostRuns     = 1_000_000
)

// begin checks what all measurements have in common, sets the number of threads
// and returns what sets it back, and the seconds to measure for.
func begin(ctx context.Context, threads int, seconds float64) (end func(), _ float64, err error) {
	if ctx == nil {
		return nil, 0, errors.New("measure: a measurement needs a context")
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, errors.Wrap(err, "measure")
	}
	if most := MostThreads(); threads < 0 || threads > most {
		return nil, 0, errors.Errorf("measure: %d threads, want 1 to %d, or 0 for as many as the process has", threads, most)
	}
	if !(seconds >= 0 && seconds <= mostSeconds) { // false for NaN as well
		return nil, 0, errors.Errorf("measure: measuring for %g seconds, want more than 0 and at most %d, or 0 for %d", seconds, mostSeconds, usualSeconds)
	}
	if seconds == 0 {
		seconds = usualSeconds
	}
	end = func() {}
	if threads > 0 {
		before := runtime.GOMAXPROCS(threads)
		end = func() { runtime.GOMAXPROCS(before) }
	}
	return end, seconds, nil
}

// state is where the network's parameters come from. Those that a file replaces
// need no start.
func (w Workload) state() *graph.Params {
	if w.Weights != "" {
		return graph.NewParams(1, graph.Uninitialized())
	}
	return graph.NewParams(1)
}

// load reads the weights, once the network is built.
func (w Workload) load(params *graph.Params) error {
	if w.Weights == "" {
		return nil
	}
	file, err := weights.Open(w.Weights)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Load(params)
}

// build makes the program and a batch for it.
func (w Workload) build(params *graph.Params) (*graph.Program, []float32, graph.Target, error) {
	none := graph.Target{}
	if w.Batch < 1 {
		return nil, nil, none, errors.Errorf("measure: a batch of %d images, want at least 1", w.Batch)
	}
	if _, err := w.Input.Size(); err != nil {
		return nil, nil, none, errors.WithMessage(err, "measure")
	}
	shape := w.Input.WithBatch(w.Batch)
	// The program keeps a copy of the batch.
	if err := size.FitShape("measure: two batches of images", append([]int{2}, shape...), 4); err != nil {
		return nil, nil, none, err
	}
	cfg := graph.InferenceConfig(shape...)
	if w.Train {
		cfg = graph.TrainingConfig(shape...)
	}
	cfg.Without, cfg.ExactConvolutions, cfg.Tune = w.Without, w.Exact, w.Tune
	p, err := graph.Build(w.Net, params, cfg)
	if err != nil {
		return nil, nil, none, err
	}
	images := make([]float32, w.Batch*w.Input.Channels*w.Input.Height*w.Input.Width)
	for i := range images {
		images[i] = float32(math.Sin(float64(i)))
	}
	labels := make([]int, w.Batch)
	for i := range labels {
		labels[i] = (7*i + 3) % max(p.Classes(), 1)
	}
	return p, images, graph.Labels(labels), nil
}

// start builds the workload, does two steps to warm up and returns what does one.
func (w Workload) start(ctx context.Context) (*graph.Program, func(context.Context) error, error) {
	p, images, target, err := w.build(w.state())
	if err != nil {
		return nil, nil, err
	}
	if err := w.load(p.Params()); err != nil {
		p.Close()
		return nil, nil, err
	}
	step := func(ctx context.Context) error { _, err := p.Run(ctx, images); return err }
	if w.Train {
		solver, err := trainer.NewSolver(trainer.SGD{LR: 1e-6, Momentum: 0.9})
		if err != nil {
			p.Close()
			return nil, nil, err
		}
		step = func(ctx context.Context) error {
			if _, err := p.Step(ctx, images, target); err != nil {
				return err
			}
			parameters, err := trainer.ParametersOf(p)
			if err != nil {
				return err
			}
			return solver.Update(parameters)
		}
	}
	for range 2 {
		if err := step(ctx); err != nil {
			p.Close()
			return nil, nil, err
		}
	}
	return p, step, nil
}

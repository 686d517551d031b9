package measure

import (
	"context"
	"runtime"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/weights"
)

// First says how long a network takes from a file of weights to its first
// answer, in milliseconds.
type First struct {
	Arch    string `json:"arch"`
	Batch   int    `json:"batch"`
	Mode    string `json:"mode"` // "first"
	Threads int    `json:"threads"`
	ISA     string `json:"isa"` // instruction set of the kernels

	Ms      float64 `json:"ms"`       // from the call to the answer
	OpenMs  float64 `json:"open_ms"`  // the file and its header
	BuildMs float64 `json:"build_ms"` // the program
	LoadMs  float64 `json:"load_ms"`  // the tensors, from the file into the program's parameters
	RunMs   float64 `json:"run_ms"`   // the first run

	PeakMemoryBytes int64     `json:"peak_memory_bytes"` // the most the process held so far, 0 where the system does not tell
	Answer          []float32 `json:"answer"`            // the first image's first outputs, ten at most
}

// FirstAnswer opens the file of weights, builds the workload for inference and
// runs it once, on the made-up images of Steps.
func FirstAnswer(ctx context.Context, w Workload) (First, error) {
	if w.Train {
		return First{}, errors.New("measure: the first answer is one of inference")
	}
	if w.Weights == "" {
		return First{}, errors.New("measure: the first answer needs a file of weights")
	}
	end, _, err := begin(ctx, w.Threads, w.Seconds)
	if err != nil {
		return First{}, err
	}
	defer end()
	f := First{Arch: w.Name, Batch: w.Batch, Mode: "first", Threads: runtime.GOMAXPROCS(0), ISA: kernel.ISA()}
	start := time.Now()
	last := start
	lap := func() float64 {
		now := time.Now()
		ms := now.Sub(last).Seconds() * 1e3
		last = now
		return ms
	}
	file, err := weights.Open(w.Weights)
	if err != nil {
		return f, err
	}
	defer file.Close()
	f.OpenMs = lap()
	p, images, _, err := w.build(graph.NewParams(0, graph.Uninitialized()))
	if err != nil {
		return f, err
	}
	defer p.Close()
	f.BuildMs = lap()
	if err := file.Load(p.Params()); err != nil {
		return f, err
	}
	f.LoadMs = lap()
	y, err := p.Run(ctx, images)
	if err != nil {
		return f, err
	}
	f.RunMs, f.Ms = lap(), time.Since(start).Seconds()*1e3
	f.PeakMemoryBytes = peakMemory()
	answer := y.Float32s()
	f.Answer = append(f.Answer, answer[:min(10, len(answer)/w.Batch)]...)
	return f, nil
}

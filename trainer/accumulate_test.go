package trainer

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
	"gorgonia.org/tensor"
)

// Three batches of 20 are a step as one of 60 is, to rounding: with momentum,
// clipping, a schedule, averages and a smaller last step.
func TestAccumulateIsALargerBatch(t *testing.T) {
	data := synthetic(t)
	data.Train = data.Train.(*datasets.Dataset).Take(290)
	for name, cfg := range map[string]Config{
		"momentum": {Optimizer: SGD{LR: 0.05, Momentum: 0.9, Nesterov: true, WeightDecay: 1e-2}},
		"averages": {Optimizer: SGD{LR: 0.05, Momentum: 0.9}, EMA: &EMA{Decay: 0.9, Every: 2}, Lookahead: &Lookahead{Every: 3}},
		"limits": {Optimizer: SGD{LR: 0.05, Momentum: 0.9}, ClipValue: 0.02, ClipNorm: 0.1, MaxSteps: 8, Schedule: Cosine{}, ScheduleBy: ByStep,
			Groups: []Group{{Match: "**.bias", LRFactor: 2}}},
	} {
		fit := func(batch, accumulate int) *Run {
			cfg := cfg
			cfg.Epochs, cfg.KeepLast, cfg.Seed, cfg.Augment = 2, true, 3, datasets.Augment{Pad: 1, Flip: true}
			cfg.Batch, cfg.Accumulate = batch, accumulate
			cfg.Params = graph.NewParams(1, graph.WithDtype(tensor.Float64))
			run, err := Fit(t.Context(), tinyHead(4), data, cfg)
			if err != nil {
				t.Fatal(err)
			}
			return run
		}
		large, small := fit(60, 0), fit(20, 3)
		if large.Steps != small.Steps || large.Steps != len(large.History)*5-map[bool]int{true: 2}[cfg.MaxSteps > 0] {
			t.Fatalf("%s: %d steps and %d", name, large.Steps, small.Steps)
		}
		for i, e := range large.History {
			f := small.History[i]
			if e.Steps != f.Steps || e.Images != f.Images || e.LR != f.LR || math.Abs(e.TrainLoss-f.TrainLoss) > 1e-9 || e.TrainAccuracy != f.TrainAccuracy || math.Abs(e.TestLoss-f.TestLoss) > 1e-9 {
				t.Errorf("%s: %v\n%v", name, e, f)
			}
		}
		for i, p := range large.Params.All() {
			for k, v := range p.Value.Float64s() {
				if w := small.Params.All()[i].Value.Float64s()[k]; math.Abs(v-w) > 1e-9 {
					t.Fatalf("%s: %s[%d] is %v and %v", name, p.Name, k, v, w)
				}
			}
		}
	}
}

// What is left at the end of an epoch makes a smaller step, and hooks see steps.
func TestAccumulateTakesTheRest(t *testing.T) {
	data := synthetic(t)
	data.Train = data.Train.(*datasets.Dataset).Take(290)
	for _, c := range []struct {
		keep   bool
		images []int
	}{{false, []int{80, 80, 80, 40}}, {true, []int{80, 80, 80, 50}}} {
		var images, steps []int
		run, err := Fit(t.Context(), tinyHead(4), data, Config{Epochs: 1, Batch: 20, Accumulate: 4, KeepLast: c.keep, Hooks: []Hook{{OnStep: func(r *Run, p Progress) error {
			images, steps = append(images, p.Images), append(steps, p.Step)
			if p.Steps != 4 || p.Total != p.Step || p.Mean.Steps != p.Step {
				t.Errorf("%+v", p)
			}
			return nil
		}}}})
		if err != nil || !slices.Equal(images, c.images) || !slices.Equal(steps, []int{1, 2, 3, 4}) || run.History[0].Steps != 4 || run.History[0].Partial {
			t.Errorf("steps %v of %v images, %+v, %v", steps, images, run.History, err)
		}
	}
}

// countdown is a context that is done after so many questions.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// A run that is stopped among the batches of a step has done none of them:
// running means, dropout's counter and all.
func TestAccumulateStoppedAmidAStep(t *testing.T) {
	data := synthetic(t)
	net := blocks.Sequence{blocks.ConvNorm{Out: 4, Kernel: 3, Act: activations.ReLU{}}, blocks.Dropout{P: 0.3}, blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}}
	cfg := Config{Epochs: 2, Batch: 30, Accumulate: 4, Seed: 2}
	straight, err := Fit(t.Context(), net, data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	amid := 0
	for left := 1; left < 30; left += 3 {
		var file *weights.File
		first := cfg
		first.Hooks = []Hook{{OnEnd: func(r *Run) error { file = saved(t, r); return nil }}}
		run, err := Fit(&countdown{t.Context(), left}, net, data, first)
		if !errors.Is(err, context.Canceled) || run == nil {
			t.Fatalf("after %d questions: %v", left, err)
		}
		if bytes.Contains([]byte(file.Metadata[MetadataKey]), []byte(`"step":4`)) {
			amid++
		}
		second := cfg
		second.Resume = file
		resumed, err := Fit(t.Context(), net, data, second)
		if err != nil {
			t.Fatal(err)
		}
		sameParams(t, straight.Params, resumed.Params)
		if resumed.Steps != straight.Steps || resumed.History.Last().TrainLoss != straight.History.Last().TrainLoss {
			t.Errorf("after %d questions: %d steps, want %d", left, resumed.Steps, straight.Steps)
		}
	}
	if amid == 0 {
		t.Error("no run was stopped where it was meant to be")
	}
}

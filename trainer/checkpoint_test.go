package trainer

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
)

// saved is a checkpoint as it comes back from a file.
func saved(t *testing.T, r *Run) *weights.File {
	t.Helper()
	f, err := r.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := weights.Encode(&file, f); err != nil {
		t.Fatal(err)
	}
	back, err := weights.Decode(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// A run that stops after any step and goes on from its checkpoint, in another
// process as it were, ends with the bits of one that never stopped: weights,
// buffers, averages and history.
func TestResumedRunsAreTheSameBitForBit(t *testing.T) {
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 200, Test: 40, Classes: 4,
		Shape: datasets.Shape{Channels: 3, Height: 8, Width: 8}})
	if err != nil {
		t.Fatal(err)
	}
	conv := func(norm blocks.Block) blocks.Block {
		return blocks.ConvNorm{Out: 4, Kernel: 3, Padding: 1, Norm: norm, Act: activations.ReLU{}}
	}
	for name, c := range map[string]struct {
		net blocks.Block
		cfg Config
	}{
		"dropout and Adam": {
			blocks.Sequence{conv(blocks.Identity{}), blocks.Dropout{P: 0.3}, blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, Optimizer: AdamW{}, Schedule: OneCycle{Max: 0.01}},
		},
		"batch norm, augmentation and an auxiliary head": {
			blocks.Sequence{conv(nil), blocks.AuxHead{Classes: 4, Pool: blocks.AdaptiveAvgPool2D{Out: 2}, Channels: 3, Features: 5},
				conv(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, Optimizer: SGD{LR: 0.05, Momentum: 0.9, Nesterov: true}, Schedule: Cosine{}, Augment: datasets.Augment{Pad: 1, Flip: true},
				KeepLast: true, Groups: []Group{{Match: "**.bias", WeightDecay: -1}}},
		},
		"Muon": {
			blocks.Sequence{conv(nil), blocks.Dropout{P: 0.2}, blocks.GlobalAvgPool2D{}, blocks.As("fc", blocks.Linear{Out: 4})},
			Config{Epochs: 3, Optimizer: Muon{LR: 0.02, Except: []string{"fc.*"}}, Schedule: Cosine{}, Groups: []Group{{Match: "**.bias", LRFactor: 2}}},
		},
		"stochastic depth": {
			blocks.Sequence{conv(nil), blocks.Residual{Out: 4, StochasticDepth: 0.4}, blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, Optimizer: SGD{LR: 0.05}, LayerDecay: 0.8},
		},
		"LARS": {
			blocks.Sequence{conv(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, Optimizer: LARS{Momentum: 0.9, Nesterov: true}},
		},
		"LAMB": {
			blocks.Sequence{conv(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, Optimizer: LAMB{}},
		},
		"averages": {
			blocks.Sequence{conv(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, MaxSteps: 14, Optimizer: SGD{LR: 0.05}, EMA: &EMA{Decay: 0.9, Every: 2}, Lookahead: &Lookahead{Every: 3, Decay: 0.8, Power: 3},
				TestTime: TestTime{Mirror: true, Shift: 1}},
		},
		"accumulation": {
			blocks.Sequence{conv(nil), blocks.Dropout{P: 0.3}, blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 4, Accumulate: 3, Optimizer: SGD{LR: 0.05, Momentum: 0.9}, ClipNorm: 1, Schedule: OneCycle{Max: 0.05}, EMA: &EMA{Decay: 0.9},
				Mix: datasets.Mix{CutMix: 1}, KeepLast: true, Augment: datasets.Augment{Flip: true, Erasing: augment.Erasing{Probability: 0.5, Noise: true},
					Steps: augment.Chain{augment.RandomResizedCrop{}, augment.TrivialAugment{}}}},
		},
		"plateau, early stopping and the best weights": {
			blocks.Sequence{conv(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 9, Optimizer: SGD{LR: 1, Momentum: 0.9}, EMA: &EMA{Decay: 0.5}, EarlyStopping: &EarlyStopping{Patience: 2, MinChange: 0.02, RestoreBest: true},
				Schedule: Then{LinearWarmup{Length: 1}, 1, ReduceOnPlateau{Patience: -1, Threshold: 0.1}}},
		},
		"whitened, then partly frozen": {
			blocks.Sequence{blocks.As("first", blocks.Conv2D{Out: 24, Kernel: 2}), conv(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, Optimizer: SGD{LR: 0.05, Momentum: 0.9, WeightDecay: 0.1}, Whiten: &Whiten{Layer: "first"},
				Groups: []Group{{Match: "first.weight", Frozen: true}, {Match: "first.bias", FrozenFrom: 3}}},
		},
		"an average of weights and mixed images": {
			blocks.Sequence{conv(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
			Config{Epochs: 3, Optimizer: Adam{}, EMA: &EMA{Decay: 0.9}, Mix: datasets.Mix{Mixup: 0.2, CutMix: 1}, KeepLast: true,
				Augment: datasets.Augment{Pad: 1, AlternateFlip: true}, Loss: graph.CrossEntropy{Smoothing: 0.1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := c.cfg
			cfg.Batch, cfg.Seed = 32, 7
			data := Data{Train: train, Test: test}
			straight, err := Fit(t.Context(), c.net, data, cfg)
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for range 4 {
				stop := 1 + rng.IntN(straight.Steps-1)
				ctx, cancel := context.WithCancel(t.Context())
				var file *weights.File
				first := cfg
				first.Hooks = []Hook{{
					OnStep: func(r *Run, _ Progress) error {
						if r.Steps == stop {
							file = saved(t, r)
							cancel()
						}
						return nil
					},
				}}
				if _, err := Fit(ctx, c.net, data, first); !errors.Is(err, context.Canceled) {
					t.Fatalf("stopped after step %d: %v", stop, err)
				}
				cancel()
				rest := cfg
				rest.Resume = file
				second, err := Fit(t.Context(), c.net, data, rest)
				if err != nil {
					t.Fatalf("resumed after step %d: %v", stop, err)
				}
				sameParams(t, straight.Params, second.Params)
				if straight.Averaged != nil {
					sameParams(t, straight.Averaged, second.Averaged)
				}
				if second.Steps != straight.Steps || second.BestEpoch != straight.BestEpoch || second.Stopped != straight.Stopped || second.Test.Loss != straight.Test.Loss || len(second.History) != len(straight.History) {
					t.Fatalf("resumed after step %d: %d steps, want %d; history\n%s", stop, second.Steps, straight.Steps, second.History)
				}
				for i, e := range second.History {
					want := straight.History[i]
					if e.TrainLoss != want.TrainLoss || e.TestLoss != want.TestLoss || e.TestAccuracy != want.TestAccuracy ||
						e.TrainAccuracy != want.TrainAccuracy || e.Images != want.Images || e.LR != want.LR || len(e.Parts) != len(want.Parts) {
						t.Errorf("resumed after step %d: epoch %d is %v, want %v", stop, i+1, e, want)
					}
				}
			}
		})
	}
}

func TestCheckpointOutsideOfARun(t *testing.T) {
	run := fitTiny(t, Config{Epochs: 1})
	if _, err := run.Checkpoint(); err == nil {
		t.Error("a run that has ended gave a checkpoint")
	}
}

// A run may be killed after its last checkpoint and before its hooks wrote what
// comes at the end: going on from there ends it, whether the last step was an
// epoch's or not.
func TestResumeAfterTheLastStep(t *testing.T) {
	for _, cfg := range []Config{
		{Epochs: 2, Batch: 64, EMA: &EMA{Decay: 0.9}},
		{Epochs: 3, Batch: 64, MaxSteps: 4},
		{Epochs: 3, Batch: 64, MaxSteps: 3, Lookahead: &Lookahead{Every: 2}},
	} {
		var last *weights.File
		first := cfg
		first.Hooks = []Hook{{
			OnStep: func(r *Run, p Progress) error {
				if p.Step < p.Steps {
					last = saved(t, r)
				}
				return nil
			},
			OnEpoch: func(r *Run, e Epoch) error {
				if !e.Partial {
					last = saved(t, r)
				}
				return nil
			},
		}}
		straight := fitTiny(t, first)
		ended := false
		second := cfg
		second.Resume = last
		second.Hooks = []Hook{
			{OnStep: func(*Run, Progress) error { t.Error("a step was done"); return nil }},
			{OnEnd: func(r *Run) error { ended = r.Err == nil; return nil }},
		}
		resumed := fitTiny(t, second)
		if !ended || resumed.Stopped || resumed.Steps != straight.Steps || len(resumed.History) != len(straight.History) || resumed.Test == nil {
			t.Errorf("%+v: ended %v, stopped %v after %d steps and %d epochs, want %d and %d", cfg, ended, resumed.Stopped,
				resumed.Steps, len(resumed.History), straight.Steps, len(straight.History))
			continue
		}
		sameParams(t, resumed.Params, straight.Params)
		if a, b := resumed.Test.Loss, straight.Test.Loss; a != b {
			t.Errorf("%+v: test loss %v, want %v", cfg, a, b)
		}
		if a, b := resumed.History.Last(), straight.History.Last(); a.Epoch != b.Epoch || a.TrainLoss != b.TrainLoss || a.TestLoss != b.TestLoss || a.Partial != b.Partial {
			t.Errorf("%+v: ends with %v, want %v", cfg, a, b)
		}
	}
}

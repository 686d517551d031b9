package trainer

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
)

func TestSetLRFactor(t *testing.T) {
	train, _, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 32, Test: 8, Classes: 2, Shape: datasets.Shape{Channels: 1, Height: 4, Width: 4}})
	if err != nil {
		t.Fatal(err)
	}
	net := blocks.Sequence{blocks.Flatten{}, blocks.Linear{Out: 2}}
	for name, schedule := range map[string]Schedule{"without a schedule": nil, "with one": Exponential{Gamma: 0.5}} {
		var got []float64
		run, err := Fit(context.Background(), net, Data{Train: train}, Config{Epochs: 2, Batch: 16, Optimizer: SGD{LR: 1}, Schedule: schedule,
			Groups: []Group{{Match: "**.bias", LRFactor: 2}},
			Hooks: []Hook{{OnStep: func(r *Run, p Progress) error {
				got = append(got, p.LR)
				for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
					if err := r.SetLRFactor(bad); err == nil {
						t.Errorf("a factor of %v is taken", bad)
					}
				}
				if p.Total == 1 {
					return r.SetLRFactor(0.25)
				}
				return nil
			}}}})
		if err != nil {
			t.Fatal(err)
		}
		want := []float64{1, 0.25, 0.25, 0.25}
		if schedule != nil {
			want = []float64{1, 0.25, 0.125, 0.125}
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: rates %v, want %v", name, got, want)
				break
			}
		}
		if run.SetLRFactor(1) == nil {
			t.Error("a finished run takes a factor")
		}
	}
}

func TestIdleIsNoTrainingTime(t *testing.T) {
	train, _, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 32, Test: 8, Classes: 2, Shape: datasets.Shape{Channels: 1, Height: 4, Width: 4}})
	if err != nil {
		t.Fatal(err)
	}
	// An hour that did not pass leaves less than nothing.
	run, err := Fit(context.Background(), blocks.Sequence{blocks.Flatten{}, blocks.Linear{Out: 2}}, Data{Train: train}, Config{Epochs: 2, Batch: 16,
		Hooks: []Hook{{OnStep: func(r *Run, p Progress) error {
			if p.Total == 1 {
				r.Idle(time.Hour)
			}
			return nil
		}}}})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := run.History[0].Seconds, run.History[1].Seconds; a > -3000 || b < 0 {
		t.Errorf("epochs of %g and %g seconds, want an hour less in the first alone", a, b)
	}
}

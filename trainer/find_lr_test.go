package trainer

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// The rates rise by a constant factor, the search ends when the loss explodes,
// what it suggests learns, and the caller's parameters stay as they are.
func TestFindLR(t *testing.T) {
	data := synthetic(t)
	params := graph.NewParams(1)
	start, err := Fit(t.Context(), tinyHead(4), data, Config{Epochs: 1, MaxSteps: 1, Batch: 30, Params: params})
	if err != nil {
		t.Fatal(err)
	}
	before, err := start.Params.Clone()
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Batch: 30, Params: params, Optimizer: SGD{LR: 0.1, Momentum: 0.9}, Schedule: OneCycle{Max: 3}, EMA: &EMA{}, Epochs: 1,
		EarlyStopping: &EarlyStopping{Patience: 1}, Hooks: []Hook{{OnStep: func(*Run, Progress) error { t.Error("a hook of the run was called"); return nil }}}}
	c, err := FindLR(t.Context(), tinyHead(4), data, cfg, LRRange{Min: 1e-4, Max: 100, Steps: 90})
	if err != nil {
		t.Fatal(err)
	}
	sameParams(t, before, params)
	if params.Steps() != before.Steps() {
		t.Errorf("%d steps were counted", params.Steps()-before.Steps())
	}
	for i, lr := range c.LR {
		if want := 1e-4 * math.Pow(1e6, float64(i)/89); math.Abs(lr-want) > 1e-9*want {
			t.Fatalf("rate %d is %v, want %v", i, lr, want)
		}
	}
	if !c.Diverged || len(c.LR) == 90 || len(c.Loss) != len(c.LR) || len(c.Smoothed) != len(c.LR) {
		t.Errorf("diverged %v after %d steps", c.Diverged, len(c.LR))
	}
	if !(c.Steepest > 1e-3 && c.Steepest < c.Lowest && c.Lowest < 20) {
		t.Errorf("steepest %v, lowest %v\n%v", c.Steepest, c.Lowest, c.Smoothed)
	}
	loss := func(lr float64) float64 {
		run, err := Fit(t.Context(), tinyHead(4), data, Config{Epochs: 3, Batch: 30, Optimizer: SGD{LR: lr, Momentum: 0.9}})
		if err != nil {
			t.Fatal(err)
		}
		return run.History.Last().TrainLoss
	}
	if good, slow := loss(c.Steepest), loss(c.Steepest/100); good > 0.8*slow {
		t.Errorf("after three epochs at %v the loss is %v, at a hundredth of it %v", c.Steepest, good, slow)
	}
}

// A group with a base rate of its own keeps its proportion to the others.
func TestFindLROfGroups(t *testing.T) {
	s := rising{LRRange{Min: 1e-3, Max: 1, Steps: 4}, 0.1}
	var own []float64
	for i := range 5 {
		own = append(own, s.LR(0.2, i))
	}
	for i, want := range []float64{2e-3, 2e-2, 0.2, 2, 2} {
		if math.Abs(own[i]-want) > 1e-12 {
			t.Errorf("rates %v", own)
		}
	}
	c, err := FindLR(t.Context(), tinyHead(4), synthetic(t), Config{Batch: 100, Groups: []Group{{Match: "**.bias", LR: 0.5}}, Accumulate: 2,
		Mix: datasets.Mix{Mixup: 0.2}}, LRRange{Steps: 5, Max: 1e-3})
	if err != nil || len(c.LR) != 5 || c.Diverged {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestSmoothed(t *testing.T) {
	got := smoothed([]float64{1, 0, 4}, 0.5)
	want := []float64{(1 + 0 + 4*0.25) / 1.75, (0.5 + 0 + 2) / 2, (0.25 + 0 + 4) / 1.75}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-15 {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if got := smoothed([]float64{3, 1}, 0); !slices.Equal(got, []float64{3, 1}) {
		t.Errorf("without smoothing: %v", got)
	}
}

// What the curve suggests, on one whose slopes are known; one that only rises
// suggests nothing.
func TestLRCurveSuggests(t *testing.T) {
	c := &LRCurve{LR: []float64{1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1}, Loss: []float64{2, 1.9, 1.5, 0.7, 0.5, 3}}
	if c.read(0); c.Steepest != 1e-3 || c.Lowest != 1e-1 {
		t.Errorf("steepest %v, lowest %v", c.Steepest, c.Lowest)
	}
	c.Loss = []float64{1, 2, 3, 4, 5, 6}
	c.Steepest, c.Lowest = 0, 0
	if c.read(0.5); c.Steepest != 0 || c.Lowest != 0 {
		t.Errorf("a loss that only rises suggests %v and %v", c.Steepest, c.Lowest)
	}
}

func TestFindLRRefuses(t *testing.T) {
	data := synthetic(t)
	for want, c := range map[string]struct {
		cfg Config
		r   LRRange
	}{
		"one below the other":    {Config{}, LRRange{Min: 1, Max: 1}},
		"Steps is 1":             {Config{}, LRRange{Steps: 1}},
		"Smoothing is 1":         {Config{}, LRRange{Smoothing: 1}},
		"Min is NaN":             {Config{}, LRRange{Min: math.NaN()}},
		"find lr: sgd":           {Config{Optimizer: SGD{Momentum: -1}}, LRRange{}},
		"find lr: fit: Batch is": {Config{Batch: -1}, LRRange{}},
		"find lr: losses":        {Config{}, LRRange{Steps: math.MaxInt >> 5}},
	} {
		if _, err := FindLR(t.Context(), tinyHead(4), data, c.cfg, c.r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FindLR(ctx, tinyHead(4), data, Config{}, LRRange{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a done context: %v", err)
	}
}

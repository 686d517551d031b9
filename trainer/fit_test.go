package trainer

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// conv is convolution, ReLU and 2x2 max pooling.
type conv struct{ out int }

func (c conv) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	w, err := s.Param("weight", tensor.Shape{c.out, x.Shape()[1], 3, 3}, graph.HeNormal)
	if err != nil {
		return nil, err
	}
	y, err := ops.Conv2D(x, w, nil, ops.Conv2DConfig{Padding: [2]int{1, 1}, Act: ops.ReLU})
	if err != nil {
		return nil, err
	}
	return ops.MaxPool2D(y, ops.MaxPool2DConfig{Kernel: [2]int{2, 2}})
}

// head flattens, drops out and maps to the classes.
type head struct{ classes int }

func (h head) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	f, err := ops.Flatten(x)
	if err != nil {
		return nil, err
	}
	if s.Dropout() {
		if f, err = ops.Dropout(f, ops.DropoutConfig{P: 0.2, Seed: s.Seed()}); err != nil {
			return nil, err
		}
	}
	w, err := s.Param("weight", tensor.Shape{h.classes, f.Shape()[1]}, graph.FanInUniform)
	if err != nil {
		return nil, err
	}
	b, err := s.Param("bias", tensor.Shape{h.classes}, graph.Zeros)
	if err != nil {
		return nil, err
	}
	return ops.Linear(f, w, b, ops.LinearConfig{})
}

// tiny is two convolutions with an auxiliary head after the first.
type tiny struct{ classes int }

func (m tiny) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := s.Build("conv1", conv{8}, x)
	if err != nil {
		return nil, err
	}
	if s.Training() {
		aux, err := s.Build("aux", head(m), y)
		if err != nil {
			return nil, err
		}
		s.AuxLoss("aux", aux, 0.3)
	}
	if y, err = s.Build("conv2", conv{8}, y); err != nil {
		return nil, err
	}
	return s.Build("fc", head(m), y)
}

func synthetic(t *testing.T) Data {
	t.Helper()
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 300, Test: 70, Classes: 4, Shape: datasets.Shape{Channels: 1, Height: 12, Width: 12}, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	return Data{Train: train, Test: test}
}

func fitTiny(t *testing.T, cfg Config) *Run {
	t.Helper()
	run, err := Fit(context.Background(), tiny{4}, synthetic(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func sameParams(t *testing.T, a, b *graph.Params) {
	t.Helper()
	for i, p := range a.All() {
		q := b.All()[i]
		for k, v := range p.Value.Float32s() {
			if w := q.Value.Float32s()[k]; math.Float32bits(v) != math.Float32bits(w) {
				t.Fatalf("%s[%d] is %v in one run, %v in the other", p.Name, k, v, w)
			}
		}
	}
}

func TestFitLearns(t *testing.T) {
	run := fitTiny(t, Config{Epochs: 6, Batch: 32, Optimizer: SGD{LR: 0.05, Momentum: 0.9}, Seed: 1})
	if len(run.History) != 6 || run.Steps != 6*9 || run.Stopped {
		t.Fatalf("%d epochs, %d steps, stopped %v", len(run.History), run.Steps, run.Stopped)
	}
	first, last := run.History[0], run.History.Last()
	if last.TrainLoss > 0.5*first.TrainLoss || last.TestAccuracy < 0.9 {
		t.Errorf("the network didn't learn:\n%s", run)
	}
	if len(last.Parts) != 2 || last.Parts[1].Name != "aux" {
		t.Fatalf("parts = %+v", last.Parts)
	}
	if total := last.Parts[0].Loss + 0.3*last.Parts[1].Loss; math.Abs(total-last.TrainLoss) > 1e-5 {
		t.Errorf("parts sum to %v, the loss is %v", total, last.TrainLoss)
	}
	// The evaluation's partial batch (70 = 2*32 + 6) must count exactly once.
	for _, batch := range []int{7, 70, 200} {
		e, err := Evaluate(context.Background(), run.Net, run.Data.Test, EvaluateConfig{Params: run.Params, Batch: batch})
		if err != nil {
			t.Fatal(err)
		}
		if e.Images != 70 || e.Accuracy != last.TestAccuracy || math.Abs(e.Loss-last.TestLoss) > 1e-6 || e.Confusion.Accuracy() != e.Accuracy || e.TopFive != 1 {
			t.Errorf("batch %d: %+v, want accuracy %v, loss %v", batch, e, last.TestAccuracy, last.TestLoss)
		}
	}
}

func TestFitIsDeterministic(t *testing.T) {
	cfg := Config{Epochs: 2, Batch: 64, Seed: 5, Augment: datasets.Augment{Flip: true, Pad: 1}, KeepLast: true, Optimizer: Adam{}}
	a := fitTiny(t, cfg)
	b := fitTiny(t, cfg)
	sameParams(t, a.Params, b.Params)
	if a.Steps != 2*5 || a.History.Last().Images != 300 {
		t.Errorf("%d steps on %d images, want 10 on all 300", a.Steps, a.History.Last().Images)
	}
	for i := range a.History {
		if a.History[i].TrainLoss != b.History[i].TrainLoss || a.History[i].TestLoss != b.History[i].TestLoss {
			t.Errorf("epoch %d differs", i+1)
		}
	}
	cfg.Seed = 6
	if c := fitTiny(t, cfg); c.History[0].TrainLoss == a.History[0].TrainLoss {
		t.Error("another seed gave the same loss")
	}
}

func TestFitFollowsSchedule(t *testing.T) {
	var rates []float64
	hook := Hook{OnStep: func(_ *Run, p Progress) error {
		rates = append(rates, p.LR)
		return nil
	}}
	fitTiny(t, Config{Epochs: 2, Batch: 100, Optimizer: SGD{LR: 1e-3}, Schedule: Exponential{0.5}, ScheduleBy: ByStep, Hooks: []Hook{hook}})
	fitTiny(t, Config{Epochs: 2, Batch: 100, Optimizer: SGD{LR: 1e-3}, Schedule: Exponential{0.5}, Hooks: []Hook{hook}})
	want := []float64{8, 4, 2, 1, 0.5, 0.25, 8, 8, 8, 4, 4, 4}
	if len(rates) != len(want) {
		t.Fatalf("%d steps, want %d", len(rates), len(want))
	}
	for i, w := range want {
		if math.Abs(rates[i]-w/8e3) > 1e-15 {
			t.Errorf("step %d: rate %v, want %v", i, rates[i], w/8e3)
		}
	}
}

func TestFitHooks(t *testing.T) {
	var calls []string
	call := func(name string) { calls = append(calls, name) }
	hook := Hook{
		OnStart: func(*Run) error { call("start"); return nil },
		OnStep: func(r *Run, p Progress) error {
			call("step")
			if p.Epoch == 2 && p.Step == 1 {
				return ErrStop
			}
			if p.Steps != 3 || p.Mean.Steps != p.Step || p.Program == nil {
				t.Errorf("progress %+v", p)
			}
			return nil
		},
		OnEpoch: func(_ *Run, e Epoch) error { call("epoch"); return nil },
		OnEnd:   func(*Run) error { call("end"); return nil },
	}
	run := fitTiny(t, Config{Epochs: 3, Batch: 100, Hooks: []Hook{hook}})
	if got, want := strings.Join(calls, " "), "start step step step epoch step epoch end"; got != want {
		t.Errorf("calls: %s; want %s", got, want)
	}
	if last := run.History.Last(); !run.Stopped || !last.Partial || !last.Evaluated || last.Steps != 1 {
		t.Errorf("last epoch: %+v", last)
	}

	broken := Hook{Name: "disk", OnEpoch: func(*Run, Epoch) error { return errors.New("full") }}
	if _, err := Fit(context.Background(), tiny{4}, synthetic(t), Config{Epochs: 3, Hooks: []Hook{broken}}); err == nil || err.Error() != "hook disk: full" {
		t.Errorf("err = %v", err)
	}
}

func TestFitCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	hook := Hook{OnStep: func(_ *Run, p Progress) error {
		if p.Total == 4 {
			cancel()
		}
		return nil
	}}
	run, err := Fit(ctx, tiny{4}, synthetic(t), Config{Epochs: 9, Batch: 100, Hooks: []Hook{hook}})
	if !errors.Is(err, context.Canceled) || run == nil {
		t.Fatalf("run %v, err = %v", run, err)
	}
	if last := run.History.Last(); run.Steps != 4 || len(run.History) != 2 || !last.Partial || last.Steps != 1 || !run.Stopped {
		t.Errorf("%d steps, history:\n%s", run.Steps, run)
	}
}

func TestFitDiverges(t *testing.T) {
	for _, lr := range []float64{1e6, 1e30} {
		run, err := Fit(context.Background(), tiny{4}, synthetic(t), Config{Epochs: 30, Batch: 100, Optimizer: SGD{LR: lr, Momentum: 0.9}})
		var bad *NonFiniteError
		if !errors.As(err, &bad) {
			t.Fatalf("lr %v: err = %v", lr, err)
		}
		if bad.Epoch < 1 || bad.Step < 1 || bad.LR != lr || !strings.Contains(bad.Where, ".") && !strings.Contains(bad.Where, "conv") && !strings.Contains(bad.Where, "fc") && !strings.Contains(bad.Where, "aux") {
			t.Errorf("%+v", bad)
		}
		if !run.Stopped {
			t.Error("the run is not marked as stopped")
		}
		t.Log(err)
	}
}

// Evaluation that is interrupted leaves the epoch's training in the history.
func TestEvaluationCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	hook := Hook{OnStep: func(_ *Run, p Progress) error {
		if p.Step == p.Steps {
			cancel()
		}
		return nil
	}}
	run, err := Fit(ctx, tiny{4}, synthetic(t), Config{Epochs: 2, Batch: 100, Hooks: []Hook{hook}})
	if last := run.History.Last(); !errors.Is(err, context.Canceled) || last.Steps != 3 || last.Evaluated || len(run.History) != 1 {
		t.Errorf("err = %v, history:\n%s", err, run)
	}
	if _, err := run.Evaluate(ctx, run.Data.Test); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// The last update of a run is held to finite parameters too: no loss follows it.
func TestFitEndsFinite(t *testing.T) {
	last := formula(func(p Piece[float32]) {
		if p.Update == 6 {
			p.W[0] = float32(math.Inf(1))
		}
	})
	for name, data := range map[string]Data{"untested": {Train: synthetic(t).Train}, "tested": synthetic(t)} {
		run, err := Fit(context.Background(), tiny{4}, data, Config{Epochs: 2, Batch: 100, Optimizer: last})
		var bad *NonFiniteError
		if !errors.As(err, &bad) || bad.Epoch != 2 || bad.Step != 3 || bad.Where != "parameter conv1.weight, after the update" || len(run.History) != 2 || !run.Stopped {
			t.Errorf("%s: %v\n%s", name, err, run)
		}
	}
}

func TestHistoryJSON(t *testing.T) {
	h := History{{Epoch: 1, TrainLoss: 2, Evaluated: true, TestAccuracy: 0.5, Parts: []PartLoss{{"main", 1, 2}, {"aux", 0.3, 1}}}, {Epoch: 2, Partial: true, Steps: 3, Parts: []PartLoss{{"main", 1, 2}, {"aux", 0.3, 1}}}}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var back History
	if err := json.Unmarshal(data, &back); err != nil || back.String() != h.String() {
		t.Errorf("%v: %s", err, data)
	}
	if h.Best().Epoch != 1 || !strings.Contains(h.HTML(), "<td style=\"text-align:right\">50.00 %</td>") || !strings.Contains(h.Markdown(), "| 1 | 2.0000 |") {
		t.Errorf("best %d\n%s\n%s", h.Best().Epoch, h.HTML(), h.Markdown())
	}
}

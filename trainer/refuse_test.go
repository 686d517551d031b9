package trainer

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
	"gorgonia.org/gorgonia"
)

// Whatever makes no sense is an error that names the place, before any step.
func TestFitRefuses(t *testing.T) {
	data := synthetic(t)
	var noData *datasets.Dataset
	for name, c := range map[string]struct {
		net  graph.Block
		data Data
		cfg  Config
		want string
	}{
		"no data":             {tiny{4}, Data{}, Config{}, "no images"},
		"nil data":            {tiny{4}, Data{Train: noData}, Config{}, "no images"},
		"no network":          {nil, data, Config{}, "network is nil"},
		"nil network":         {(*tiny)(nil), data, Config{}, "network is nil"},
		"few classes":         {tiny{3}, data, Config{}, "3 outputs"},
		"smoothing":           {tiny{4}, data, Config{Loss: graph.CrossEntropy{Smoothing: 2}}, "smoothing"},
		"loss of values":      {tiny{4}, data, Config{Loss: graph.LossFunc{Kind: graph.RealValues}}, "compares with real values"},
		"nil loss":            {tiny{4}, data, Config{Loss: (*graph.LossFunc)(nil)}, "nil *graph.LossFunc"},
		"negative":            {tiny{4}, data, Config{Epochs: -1}, "Epochs is -1"},
		"clip":                {tiny{4}, data, Config{ClipNorm: math.NaN()}, "ClipNorm is NaN"},
		"small image":         {graph.BlockFunc(threeTiny), data, Config{}, "pool"},
		"clip value":          {tiny{4}, data, Config{ClipValue: -1}, "ClipValue is -1"},
		"steps":               {tiny{4}, data, Config{MaxSteps: -1}, "MaxSteps is -1"},
		"average":             {tiny{4}, data, Config{EMA: &EMA{Decay: 1}}, "EMA: Decay is 1"},
		"lookahead":           {tiny{4}, data, Config{Lookahead: &Lookahead{Every: -1}}, "Lookahead: Every is -1"},
		"test time":           {tiny{4}, data, Config{TestTime: TestTime{Shift: 1}}, "TestTime: Shift is 1"},
		"no checkpoint":       {tiny{4}, data, Config{Resume: &weights.File{}}, "no checkpoint of a run"},
		"other optimizer":     {tiny{4}, data, Config{Batch: 64, Optimizer: SGD{Momentum: 0.9}, Resume: used(t)}, "momentum_buffer"},
		"beyond the end":      {tiny{4}, data, Config{Batch: 64, MaxSteps: 1, Resume: used(t)}, "beyond the end of a run of 10 epochs and 1 steps"},
		"other batches":       {tiny{4}, data, Config{Batch: 32, Resume: used(t)}, "batches of 32"},
		"other steps":         {tiny{4}, data, Config{Batch: 64, Accumulate: 2, Resume: used(t)}, "steps of 1 batches, this one has 2"},
		"accumulate":          {tiny{4}, data, Config{Accumulate: -1}, "Accumulate is -1"},
		"nothing to follow":   {tiny{4}, Data{Train: data.Train}, Config{Schedule: Then{LinearWarmup{}, 5, ReduceOnPlateau{}}}, "Schedule: there is no test data whose test loss"},
		"no such watch":       {tiny{4}, data, Config{Schedule: ReduceOnPlateau{Watch: 9}}, "Watch is 9"},
		"no change":           {tiny{4}, data, Config{EarlyStopping: &EarlyStopping{Patience: 1, MinChange: -1}}, "MinChange is -1"},
		"no best weights":     {tiny{4}, data, Config{Batch: 64, EarlyStopping: &EarlyStopping{Patience: 1, RestoreBest: true}, Resume: used(t)}, "EarlyStopping: the checkpoint has no"},
		"other seed":          {tiny{4}, data, Config{Batch: 64, Seed: 9, Resume: used(t)}, "seed 0, this one has 9"},
		"nil optimizer":       {tiny{4}, data, Config{Optimizer: (*SGD)(nil)}, "optimizer: is nil (*trainer.SGD)"},
		"rate":                {tiny{4}, data, Config{Optimizer: SGD{LR: math.NaN()}}, "sgd: LR is NaN"},
		"negative rate":       {tiny{4}, data, Config{Optimizer: Adam{LR: -1}}, "adam: LR is -1"},
		"empty schedule":      {tiny{4}, data, Config{Schedule: Then{}}, "Then.First is nil"},
		"schedule":            {tiny{4}, data, Config{Schedule: OneCycle{}}, "OneCycle.Max is 0"},
		"length":              {tiny{4}, data, Config{Schedule: OneCycle{Max: 1, Length: 600}, ScheduleBy: ByEpoch}, "runs over 10"},
		"pattern":             {tiny{4}, data, Config{Groups: []Group{{Match: "conv3.**"}}}, "Groups[0] (conv3.**): no parameter"},
		"group":               {tiny{4}, data, Config{Groups: []Group{{Match: "conv1.*", LR: math.Inf(1)}}}, "LR is +Inf"},
		"all frozen":          {tiny{4}, data, Config{Groups: []Group{{Match: "**", Frozen: true}}}, "every parameter is frozen"},
		"log":                 {tiny{4}, data, Config{Hooks: []Hook{LogTo(nil)}}, "hook log: the writer is nil"},
		"patience":            {tiny{4}, data, Config{EarlyStopping: &EarlyStopping{}}, "EarlyStopping: Patience is 0"},
		"nothing to stop for": {tiny{4}, Data{Train: data.Train}, Config{EarlyStopping: &EarlyStopping{Patience: 2}}, "EarlyStopping: there is no test data whose test loss could be watched"},
	} {
		run, err := Fit(context.Background(), c.net, c.data, c.cfg)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: run %v, err = %v", name, run, err)
		}
		if run != nil && run.Steps > 0 {
			t.Errorf("%s: %d steps were done", name, run.Steps)
		}
	}
	var none context.Context
	if _, err := Fit(none, tiny{4}, data, Config{}); err == nil || !strings.Contains(err.Error(), "context is nil") {
		t.Errorf("nil context: %v", err)
	}
}

func TestEvaluateRefuses(t *testing.T) {
	data, params := synthetic(t).Test, graph.NewParams(1)
	var none context.Context
	for want, try := range map[string]func() (*Evaluation, error){
		"context is nil": func() (*Evaluation, error) { return Evaluate(none, tiny{4}, data, EvaluateConfig{Params: params}) },
		"network is nil": func() (*Evaluation, error) {
			return Evaluate(context.Background(), nil, data, EvaluateConfig{Params: params})
		},
		"no images": func() (*Evaluation, error) {
			return Evaluate(context.Background(), tiny{4}, nil, EvaluateConfig{Params: params})
		},
		"Params is nil": func() (*Evaluation, error) { return Evaluate(context.Background(), tiny{4}, data, EvaluateConfig{}) },
		"Batch is -1": func() (*Evaluation, error) {
			return Evaluate(context.Background(), tiny{4}, data, EvaluateConfig{Params: params, Batch: -1})
		},
		"3 outputs": func() (*Evaluation, error) {
			return Evaluate(context.Background(), tiny{3}, data, EvaluateConfig{Params: graph.NewParams(1)})
		},
		"compares with": func() (*Evaluation, error) {
			return Evaluate(context.Background(), tiny{4}, data, EvaluateConfig{Params: params, Loss: graph.LossFunc{Kind: graph.MultiLabel}})
		},
	} {
		if e, err := try(); err == nil || !strings.HasPrefix(err.Error(), "evaluate: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", want, e, err)
		}
	}
	if _, err := (&Run{}).Program(1); err == nil {
		t.Error("a program of nothing")
	}
}

// threeTiny pools a 12x12 image more often than it can be halved.
func threeTiny(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		y, err := s.Build(name, conv{2}, x)
		if err != nil {
			return nil, err
		}
		x = y
	}
	return x, nil
}

func used(t *testing.T) *weights.File {
	t.Helper()
	var saved *weights.File
	fitTiny(t, Config{Epochs: 1, Batch: 64, Optimizer: Adam{}, Hooks: []Hook{{OnEpoch: func(r *Run, _ Epoch) (err error) {
		saved, err = r.Checkpoint()
		return err
	}}}})
	return saved
}

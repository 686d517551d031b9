package trainer

import (
	"testing"

	"github.com/stheno-ml/stheno/graph"
)

func TestEarlyStoppingRules(t *testing.T) {
	for _, c := range []struct {
		s     EarlyStopping
		seen  History
		epoch int
		over  bool
	}{
		{EarlyStopping{Patience: 2}, nil, 0, false},
		{EarlyStopping{Patience: 2}, epochsOf(3, 2, 2.5, 1, 1), 4, false},
		{EarlyStopping{Patience: 2}, epochsOf(3, 2, 2.5, 1, 1, 1), 4, true},
		{EarlyStopping{Patience: 1, MinChange: 0.5}, epochsOf(3, 2, 1.5), 2, true},
		{EarlyStopping{Patience: 1, MinChange: 0.5}, epochsOf(3, 2, 1.25), 3, false},
		{EarlyStopping{Patience: 1, Watch: WatchTestAccuracy}, epochsOf(-.1, -.2, -.15), 2, true},
		{EarlyStopping{Patience: 1, Watch: WatchTrainLoss}, epochsOf(1, 2), 1, true},
	} {
		if epoch, over := c.s.best(c.seen); epoch != c.epoch || over != c.over {
			t.Errorf("%+v after %d: best epoch %d, over %v; want %d, %v", c.s, len(c.seen), epoch, over, c.epoch, c.over)
		}
	}
	h := epochsOf(3, 1, 2, 2)
	h[1].Evaluated, h[3].Evaluated = false, false
	if epoch, over := (&EarlyStopping{Patience: 1}).best(h); epoch != 3 || over {
		t.Errorf("unmeasured epochs count: %d, %v", epoch, over)
	}
}

// A run that rises away from its best epoch stops and ends with that epoch's
// weights, averages and evaluation.
func TestEarlyStoppingRestoresTheBest(t *testing.T) {
	data := synthetic(t)
	var averaged, last []float32
	copied := func(p *graph.Params) []float32 {
		var all []float32
		for _, q := range p.All() {
			all = append(all, q.Value.Float32s()...)
		}
		return all
	}
	at := 0
	cfg := Config{Epochs: 40, Batch: 30, Optimizer: SGD{LR: 1.2}, EMA: &EMA{Decay: 0.1}, EarlyStopping: &EarlyStopping{Patience: 3, RestoreBest: true}, Seed: 1}
	cfg.Hooks = []Hook{{OnEpoch: func(r *Run, e Epoch) error {
		last = copied(r.Params)
		if r.BestEpoch == e.Epoch {
			at, averaged = e.Epoch, copied(r.Averaged)
		}
		return nil
	}}}
	run, err := Fit(t.Context(), tinyHead(4), data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if !run.Stopped || run.Steps != 10*(at+3) || run.BestEpoch != at || run.Test.Loss != run.History[at-1].TestLoss {
		t.Fatalf("stopped %v after %d steps, best epoch %d of %d\n%s", run.Stopped, run.Steps, run.BestEpoch, at, run)
	}
	for i, v := range copied(run.Averaged) {
		if v != averaged[i] {
			t.Fatal("the averages are not those of the best epoch")
		}
	}
	changed := false
	for i, v := range copied(run.Params) {
		changed = changed || v != last[i]
	}
	if !changed {
		t.Error("the weights are those of the last epoch")
	}
}

// With the training loss the last epoch is tested whatever EvalEvery says.
func TestEarlyStoppingTestsTheLastEpoch(t *testing.T) {
	run := fitTiny(t, Config{Epochs: 9, Batch: 100, EvalEvery: 5, Optimizer: SGD{LR: 1e-20}, EarlyStopping: &EarlyStopping{Patience: 2, Watch: WatchTrainLoss, MinChange: 100}})
	if len(run.History) != 3 || !run.History.Last().Evaluated || !run.Stopped {
		t.Errorf("stopped %v\n%s", run.Stopped, run)
	}
}

package trainer

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func epochsOf(losses ...float64) (h History) {
	for i, l := range losses {
		h = append(h, Epoch{Epoch: i + 1, Steps: 10, TestLoss: l, TestAccuracy: -l, TrainLoss: 2 * l, Evaluated: true})
	}
	return h
}

// ratesAfter are the rates of epoch 0, 1, ... as the results come in.
func ratesAfter(t *testing.T, s Schedule, h History, by Unit) (rates []float64) {
	t.Helper()
	for i := range len(h) + 1 {
		now, err := adapted(s, h[:i], by)
		if err != nil {
			t.Fatal(err)
		}
		at := i
		if by == ByStep {
			at = 10 * i
		}
		rates = append(rates, now.LR(1, at))
	}
	return rates
}

func TestReduceOnPlateau(t *testing.T) {
	flat := epochsOf(5, 5, 5, 5, 5, 5, 5)
	unmeasured := epochsOf(5, 9, 5, 9, 5, 9)
	for i := 1; i < len(unmeasured); i += 2 {
		unmeasured[i].Evaluated = false
	}
	for _, c := range []struct {
		name string
		s    Schedule
		seen History
		want []float64
	}{
		{"patience", ReduceOnPlateau{Factor: 0.5, Patience: 2}, flat, []float64{1, 1, 1, 1, .5, .5, .5, .25}},
		{"no patience", ReduceOnPlateau{Factor: 0.5, Patience: -1}, epochsOf(5, 5, 4, 4), []float64{1, 1, .5, .5, .25}},
		{"cooldown", ReduceOnPlateau{Factor: 0.5, Patience: 1, Cooldown: 2}, flat, []float64{1, 1, 1, .5, .5, .5, .5, .25}},
		{"least rate", ReduceOnPlateau{Factor: 0.5, Patience: -1, Min: 0.3}, epochsOf(5, 5, 5, 5), []float64{1, 1, .5, .3, .3}},
		{"share", ReduceOnPlateau{Factor: 0.5, Patience: -1, Threshold: 0.1}, epochsOf(5, 4.6, 4.4), []float64{1, 1, .5, .5}},
		{"difference", ReduceOnPlateau{Factor: 0.5, Patience: -1, Threshold: 0.1, Absolute: true}, epochsOf(5, 4.95, 4.85), []float64{1, 1, .5, .5}},
		{"default threshold", ReduceOnPlateau{Factor: 0.5, Patience: -1}, epochsOf(5, 4.9996, 4.9994), []float64{1, 1, .5, .5}},
		{"accuracy", ReduceOnPlateau{Factor: 0.5, Patience: -1, Watch: WatchTestAccuracy, Absolute: true}, epochsOf(-.1, -.2, -.2), []float64{1, 1, 1, .5}},
		{"training loss", ReduceOnPlateau{Factor: 0.5, Patience: -1, Watch: WatchTrainLoss}, unmeasured[:3], []float64{1, 1, .5, .25}},
		{"not measured", ReduceOnPlateau{Factor: 0.5, Patience: 1}, unmeasured, []float64{1, 1, 1, 1, 1, .5, .5}},
	} {
		if got := ratesAfter(t, c.s, c.seen, ByEpoch); !slices.Equal(got, c.want) {
			t.Errorf("%s: rates %v, want %v", c.name, got, c.want)
		}
	}
	if lr := (ReduceOnPlateau{Min: 2, reduced: 3}).LR(1, 0); lr != 1 {
		t.Errorf("a base below the least rate became %v", lr)
	}
}

// What comes before the plateau's turn does not count, in epochs or in steps.
func TestReduceOnPlateauAfterWarmup(t *testing.T) {
	seen := epochsOf(1, 9, 8, 8, 8)
	s := Then{LinearWarmup{Start: 0.5, Length: 2}, 2, ReduceOnPlateau{Factor: 0.5, Patience: 1}}
	if got, want := ratesAfter(t, s, seen, ByEpoch), []float64{0.5, 0.75, 1, 1, 1, 0.5}; !slices.Equal(got, want) {
		t.Errorf("rates %v, want %v", got, want)
	}
	s = Then{LinearWarmup{Start: 0.5, Length: 20}, 20, ReduceOnPlateau{Factor: 0.5, Patience: 1}}
	if got, want := ratesAfter(t, s, seen, ByStep), []float64{0.5, 0.75, 1, 1, 1, 0.5}; !slices.Equal(got, want) {
		t.Errorf("by steps: rates %v, want %v", got, want)
	}
	back := Then{ReduceOnPlateau{Factor: 0.5, Patience: -1}, 3, ConstantRate{}}
	if got, want := ratesAfter(t, back, seen, ByEpoch), []float64{1, 1, 0.5, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("plateau first: rates %v, want %v", got, want)
	}
}

// reducer is PyTorch's ReduceLROnPlateau for one group, step by step as its
// documentation describes it.
type reducer struct {
	s              ReduceOnPlateau
	lr, best       float64
	bad, cool, pat int
	thr            float64
}

func (r *reducer) step(loss float64) {
	limit := r.best * (1 - r.thr)
	if r.s.Absolute {
		limit = r.best - r.thr
	}
	if loss < limit {
		r.best, r.bad = loss, 0
	} else {
		r.bad++
	}
	if r.cool > 0 {
		r.cool--
		r.bad = 0
	}
	if r.bad > r.pat {
		r.lr = max(r.lr*r.s.Factor, r.s.Min)
		r.cool, r.bad = r.s.Cooldown, 0
	}
}

func TestReduceOnPlateauIsPyTorchs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := ReduceOnPlateau{Factor: 0.5, Patience: rapid.IntRange(1, 3).Draw(t, "patience"), Cooldown: rapid.IntRange(0, 3).Draw(t, "cooldown"),
			Threshold: 0.25, Absolute: rapid.Bool().Draw(t, "absolute"), Min: 0.125}
		r := reducer{s: s, lr: 1, best: math.Inf(1), pat: s.Patience, thr: s.Threshold}
		var h History
		for i, l := range rapid.SliceOfN(rapid.IntRange(1, 20), 0, 40).Draw(t, "losses") {
			h = append(h, Epoch{Epoch: i + 1, TestLoss: float64(l), Evaluated: true})
			r.step(float64(l))
			now, err := adapted(s, h, ByEpoch)
			if err != nil || now.LR(1, i) != r.lr {
				t.Fatalf("after %d: %v, want %v (%v)", i+1, now.LR(1, i), r.lr, err)
			}
		}
	})
}

// A run that gets no better comes down, with groups of their own rates.
func TestFitReducesOnPlateau(t *testing.T) {
	var own []float64
	run := fitTiny(t, Config{Epochs: 5, Batch: 100, Optimizer: SGD{LR: 1e-20}, Groups: []Group{{Match: "fc.bias", LRFactor: 2}},
		Schedule: Then{LinearWarmup{Start: 0.5, Length: 1}, 1, ReduceOnPlateau{Patience: -1, Factor: 0.5, Watch: WatchTrainLoss, Threshold: 0.9}},
		Hooks:    []Hook{{OnEpoch: func(r *Run, e Epoch) error { own = append(own, e.LR*1e20); return nil }}}})
	want := []float64{0.5, 1, 1, 0.5, 0.25}
	for i, v := range want {
		if math.Abs(own[i]-v) > 1e-9 {
			t.Fatalf("rates %v, want %v\n%s", own, want, run)
		}
	}
}

func TestWatchAsText(t *testing.T) {
	var s ReduceOnPlateau
	if err := json.Unmarshal([]byte(`{"watch":"Train_Accuracy","patience":3}`), &s); err != nil || s.Watch != WatchTrainAccuracy || s.Patience != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	text, err := json.Marshal(EarlyStopping{Watch: WatchTestAccuracy, Patience: 2})
	if err != nil || string(text) != `{"watch":"test_accuracy","patience":2}` {
		t.Errorf("%s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`{"watch":"test_los"}`), &s); err == nil {
		t.Error("accepted test_los")
	}
	if _, err := Watch(7).MarshalText(); err == nil {
		t.Error("7 has a text")
	}
	if err := WatchTestAccuracy.check(Data{Test: points{3, 10, 1, 3}}); err == nil {
		t.Error("real values have an accuracy")
	}
}

package trainer

import (
	"math"
	"testing"

	"gorgonia.org/tensor"
)

// record keeps a parameter's value after every step.
func record1(name string, to *[][]float64) Hook {
	return Hook{OnStep: func(r *Run, _ Progress) error {
		v := r.Params.Get(name).Value.Float32s()
		row := make([]float64, len(v))
		for i, x := range v {
			row[i] = float64(x)
		}
		*to = append(*to, row)
		return nil
	}}
}

func near(t *testing.T, what string, got *tensor.Dense, want []float64) {
	t.Helper()
	for i, v := range got.Float32s() {
		if math.Abs(float64(v)-want[i]) > 1e-5*(1+math.Abs(want[i])) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, v, want[i])
		}
	}
}

func TestEMAFollowsTheWeights(t *testing.T) {
	var start []float64
	var after [][]float64
	first := Hook{OnStart: func(r *Run) error {
		for _, x := range r.Params.Get("fc.weight").Value.Float32s() {
			start = append(start, float64(x))
		}
		return nil
	}}
	run := fitTiny(t, Config{Epochs: 2, Batch: 50, Optimizer: SGD{LR: 0.1}, EMA: &EMA{Decay: 0.8, Every: 2},
		Hooks: []Hook{first, record1("fc.weight", &after)}})
	want := start
	for i, t := 1, 0; i < len(after); i += 2 {
		t++
		d := math.Min(0.8, float64(1+t)/float64(10+t))
		for k := range want {
			want[k] = d*want[k] + (1-d)*after[i][k]
		}
	}
	near(t, "average", run.Averaged.Get("fc.weight").Value, want)
	near(t, "weights", run.Params.Get("fc.weight").Value, after[len(after)-1])
}

func TestLookaheadDrawsBack(t *testing.T) {
	var after [][]float64
	run := fitTiny(t, Config{Epochs: 1, Batch: 50, Optimizer: SGD{LR: 0.1}, Lookahead: &Lookahead{Every: 2},
		Hooks: []Hook{record1("fc.weight", &after)}})
	// With an Every that no step reaches, the run ends where it began.
	still := fitTiny(t, Config{Epochs: 1, Batch: 50, Optimizer: SGD{LR: 0.1}, Lookahead: &Lookahead{Every: 1000}})
	start := still.Params.Get("fc.weight").Value
	plain := fitTiny(t, Config{Epochs: 1, Batch: 50, MaxSteps: 2, Optimizer: SGD{LR: 0.1}})
	want := make([]float64, len(start.Float32s()))
	for i, v := range start.Float32s() {
		want[i] = 0.5*float64(v) + 0.5*float64(plain.Params.Get("fc.weight").Value.Float32s()[i])
	}
	for i, v := range after[1] {
		if math.Abs(v-want[i]) > 1e-6 {
			t.Fatalf("after two steps element %d is %v, want halfway: %v", i, v, want[i])
		}
	}
	// The end has the slow weights, which are those after the last update.
	last := after[len(after)-1]
	if len(after)%2 == 1 {
		last = after[len(after)-2]
	}
	near(t, "end", run.Params.Get("fc.weight").Value, last)
}

func TestMaxStepsEndsInMidEpoch(t *testing.T) {
	run := fitTiny(t, Config{Epochs: 3, Batch: 50, MaxSteps: 8})
	if run.Steps != 8 || run.Stopped || len(run.History) != 2 || !run.History[1].Partial || !run.History[1].Evaluated {
		t.Errorf("%d steps, stopped %v, history\n%s", run.Steps, run.Stopped, run.History)
	}
}

func TestClipGradValue(t *testing.T) {
	g := tensor.New(tensor.WithShape(4), tensor.WithBacking([]float32{-3, 0.5, 2, float32(math.NaN())}))
	if err := ClipGradValue([]Parameter{{Name: "w", Value: g, Grad: g}, {Name: "none"}}, 1); err != nil {
		t.Fatal(err)
	}
	if v := g.Float32s(); v[0] != -1 || v[1] != 0.5 || v[2] != 1 || v[3] == v[3] {
		t.Errorf("clipped to %v", v)
	}
	if err := ClipGradValue(nil, 0); err == nil {
		t.Error("a bound of 0 is no error")
	}
}

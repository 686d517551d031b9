package trainer

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no string
	}{
		{"fc.weight", "fc.weight", "fc.bias layer1.fc.weight fc.weight.x fc"},
		{"fc.*", "fc.weight fc.bias", "fc fc.a.b xfc.a"},
		{"layer1.**", "layer1.0.conv1.weight layer1.a layer1", "layer10.a xlayer1.a"},
		{"**.bias", "bias fc.bias a.b.c.bias", "fc.biases bias.x fc.weight"},
		{"**.bn?.*", "bn1.weight layer1.0.bn2.bias", "bn10.weight bn1 x.bn1.a.b"},
		{"**", "a a.b.c", ""},
		{"a.**.z", "a.z a.b.z a.b.c.z", "a b.z a.z.y"},
		{"a.**.b.**.c", "a.b.c a.x.b.y.y.c a.b.b.c", "a.c a.x.c b.c"},
		{"layer[12].*", "layer1.x layer2.x", "layer3.x"},
	} {
		if err := checkPattern(c.pattern); err != nil {
			t.Errorf("%s: %v", c.pattern, err)
		}
		for _, name := range strings.Fields(c.yes) {
			if !matches(c.pattern, name) {
				t.Errorf("%s does not match %s", c.pattern, name)
			}
		}
		for _, name := range strings.Fields(c.no) {
			if matches(c.pattern, name) {
				t.Errorf("%s matches %s", c.pattern, name)
			}
		}
	}
}

func TestGroupsRefuse(t *testing.T) {
	names := []string{"conv1.weight", "conv1.bias", "layer1.0.conv1.weight", "fc.weight", "fc.bias"}
	for want, groups := range map[string][]Group{
		`Groups[0] (): Match: is empty`: {{}},
		`"[a" is no pattern`:            {{Match: "[a.b"}},
		`empty word`:                    {{Match: "a..b"}},
		`"**" stands for whole words`:   {{Match: "layer**.bias"}},
		`Groups[1] (layr1.**): no parameter of the network matches`:       {{Match: "fc.*"}, {Match: "layr1.**"}},
		`did you mean "layer1.**"?`:                                       {{Match: "layr1.**"}},
		`did you mean "**.bias"?`:                                         {{Match: "**.baes"}},
		`did you mean "fc.weight"?`:                                       {{Match: "fc.wieght"}},
		`Groups[1] (fc.bias): every parameter that matches is in`:         {{Match: "fc.*"}, {Match: "fc.bias"}},
		`every parameter is frozen`:                                       {{Match: "**.bias", Frozen: true}, {Match: "**", Frozen: true}},
		`LR is NaN`:                                                       {{Match: "**", LR: math.NaN()}},
		`LRFactor is -1`:                                                  {{Match: "**", LRFactor: -1}},
		`WeightDecay is +Inf`:                                             {{Match: "**", WeightDecay: math.Inf(1)}},
		`FrozenUntil is -2`:                                               {{Match: "**", FrozenUntil: -2}},
		`FrozenFrom is -1`:                                                {{Match: "**", FrozenFrom: -1}},
		`FrozenFrom is 3 with FrozenUntil 3: the group never moves`:       {{Match: "**", FrozenUntil: 3, FrozenFrom: 3}},
		`FrozenFrom is 1 with FrozenUntil 0: the group never moves`:       {{Match: "**", FrozenFrom: 1}},
		`want one of the two`:                                             {{Match: "**", LR: 1, LRFactor: 1}},
		`the schedule trainer.OneCycle ignores LR, which is 0.5: set LRF`: {{Match: "**", LR: 0.5}},
	} {
		p, err := newPace(OneCycle{Max: 1}, ByDefault, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		err = checkGroups(groups, p, 2, 3)
		if err == nil {
			_, err = assign(groups, names)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %s", err, want)
		}
	}
}

func TestGroupsPrepare(t *testing.T) {
	groups := []Group{
		{Match: "conv1.bias", Frozen: true},
		{Match: "**.bias", WeightDecay: -1, LRFactor: 2},
		{Match: "conv1.*", FrozenUntil: 3},
		{Match: "fc.*", LR: 0.5, WeightDecay: 0.25},
	}
	names := []string{"conv1.weight", "conv1.bias", "conv2.weight", "fc.weight", "fc.bias"}
	var all []Parameter
	for _, n := range names {
		all = append(all, Parameter{Name: n})
	}
	assigned, err := assign(groups, names)
	if err != nil {
		t.Fatal(err)
	}
	c := crew{groups: assigned}
	half := func(base float64) (float64, error) { return base / 2, nil }
	for epoch, want := range [][]Parameter{
		{{Name: "conv2.weight"}, {Name: "fc.weight", LR: 0.25, WeightDecay: 0.25}, {Name: "fc.bias", LRFactor: 2, WeightDecay: -1}},
		{{Name: "conv2.weight"}, {Name: "fc.weight", LR: 0.25, WeightDecay: 0.25}, {Name: "fc.bias", LRFactor: 2, WeightDecay: -1}},
		{{Name: "conv1.weight"}, {Name: "conv2.weight"}, {Name: "fc.weight", LR: 0.25, WeightDecay: 0.25}, {Name: "fc.bias", LRFactor: 2, WeightDecay: -1}},
	} {
		live, err := c.prepare(all, epoch, half)
		if err != nil || len(live) != len(want) {
			t.Fatalf("epoch %d: %+v, %v", epoch+1, live, err)
		}
		for i := range want {
			if live[i] != want[i] {
				t.Errorf("epoch %d: %+v, want %+v", epoch+1, live[i], want[i])
			}
		}
	}
	// A factor multiplies the rate in use, 0 too.
	s, w := newSolver(t, SGD{LR: 1}), dense(4.0)
	for _, rate := range []float64{0.5, 0} {
		s.SetLR(rate)
		if err := s.Update([]Parameter{{Name: "w", Value: w, Grad: dense(1.0), LRFactor: 2}}); err != nil || w.Float64s()[0] != 3 {
			t.Errorf("at a rate of %v: %v, %v", rate, w, err)
		}
	}
}

func bits(t *testing.T, run *Run, name string) []byte {
	t.Helper()
	p := run.Params.Get(name)
	if p == nil {
		t.Fatalf("no parameter %s", name)
	}
	b, err := binary.Append(nil, binary.LittleEndian, p.Value.Float32s())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Frozen parameters keep every bit, decay included, thaw in their epoch, and
// freeze in theirs.
func TestFitFreezes(t *testing.T) {
	names := []string{"conv1.weight", "conv2.weight", "fc.weight", "fc.bias", "aux.weight"}
	var states []map[string][]byte
	keep := func(r *Run) {
		now := map[string][]byte{}
		for _, n := range names {
			now[n] = bits(t, r, n)
		}
		states = append(states, now)
	}
	_, err := Fit(context.Background(), tiny{4}, Data{Train: synthetic(t).Train}, Config{
		Epochs: 3, Batch: 100, Optimizer: AdamW{WeightDecay: 0.5}, ClipNorm: 1,
		Groups: []Group{{Match: "conv1.*", Frozen: true}, {Match: "fc.weight", FrozenUntil: 2, FrozenFrom: 3}, {Match: "**.weight", FrozenUntil: 3}},
		Hooks:  []Hook{{OnStart: func(r *Run) error { keep(r); return nil }, OnEpoch: func(r *Run, _ Epoch) error { keep(r); return nil }}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for epoch := 1; epoch <= 3; epoch++ {
		for _, n := range names {
			moved := !bytes.Equal(states[epoch-1][n], states[epoch][n])
			want := n == "fc.bias" || n == "fc.weight" && epoch == 2 || epoch == 3 && n != "conv1.weight" && n != "fc.weight"
			if moved != want {
				t.Errorf("epoch %d: %s moved: %v, want %v", epoch, n, moved, want)
			}
		}
	}
}

// A group of all parameters is a run with other settings, bit for bit.
func TestGroupsAreSettings(t *testing.T) {
	config := func(o Optimizer, g ...Group) Config {
		return Config{Epochs: 2, Batch: 64, Seed: 3, Optimizer: o, Schedule: Cosine{}, ScheduleBy: ByStep, Groups: g, ClipNorm: 2}
	}
	want := fitTiny(t, config(SGD{LR: 0.04, Momentum: 0.9, WeightDecay: 0.01}))
	for name, got := range map[string]*Run{
		"factor": fitTiny(t, config(SGD{LR: 0.02, Momentum: 0.9, WeightDecay: 0.01}, Group{Match: "**", LRFactor: 2})),
		"rate":   fitTiny(t, config(SGD{LR: 0.5, Momentum: 0.9, WeightDecay: 0.01}, Group{Match: "**", LR: 0.04})),
		"decay":  fitTiny(t, config(SGD{LR: 0.04, Momentum: 0.9}, Group{Match: "**.bias", WeightDecay: 0.01}, Group{Match: "**", WeightDecay: 0.01})),
	} {
		t.Log(name)
		sameParams(t, want.Params, got.Params)
	}
	none := fitTiny(t, config(SGD{LR: 0.04, Momentum: 0.9}))
	got := fitTiny(t, config(SGD{LR: 0.04, Momentum: 0.9, WeightDecay: 0.01}, Group{Match: "**", WeightDecay: -1}))
	sameParams(t, none.Params, got.Params)
}

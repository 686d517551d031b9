package trainer

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestScheduleCorners(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Schedule
		at   int
		want float64
	}{
		{"constant", ConstantRate{}, 9, 2},
		{"step default gamma", StepDecay{Every: 3}, 3, 0.2},
		{"milestone twice", MultiStep{Milestones: []int{2, 2}}, 2, 0.02},
		{"polynomial past its end", Polynomial{Length: 4}, 9, 0},
		{"polynomial straight", Polynomial{Length: 4}, 1, 1.5},
		{"cosine end", Cosine{Length: 8, Min: 0.5}, 8, 0.5},
		{"cosine rises again", Cosine{Length: 8, Min: 0.5}, 16, 2},
		{"warm-up start", LinearWarmup{Start: -1, Length: 4}, 0, 0},
		{"warm-up end", LinearWarmup{}, 100, 2},
		{"then first", Then{LinearWarmup{Start: 0.5, Length: 2}, 2, Exponential{0.5}}, 1, 1.5},
		{"then next", Then{LinearWarmup{Start: 0.5, Length: 2}, 2, Exponential{0.5}}, 3, 1},
		{"one cycle start", OneCycle{Max: 1, Length: 100}, 0, 0.04},
		{"one cycle peak", OneCycle{Max: 1, Length: 100}, 29, 1},
		{"one cycle end", OneCycle{Max: 1, Length: 100}, 99, 4e-6},
		{"one cycle past its end", OneCycle{Max: 1, Length: 100}, 1000, 4e-6},
		{"one cycle of one step", OneCycle{Max: 1, Length: 1}, 0, 1},
		{"one cycle straight", OneCycle{Max: 1, Length: 21, PctStart: 0.5, Div: 2, Linear: true}, 0, 0.5},
		{"one cycle without rise", OneCycle{Max: 1, Length: 10, PctStart: -1, FinalDiv: 1, Linear: true}, 9, 0.04},
	} {
		if got := c.s.LR(2, c.at); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if err := checkSchedule(c.s); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSchedulesAreFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "length")
		at := rapid.IntRange(0, 100).Draw(t, "at")
		share := rapid.Float64Range(-1, 1).Draw(t, "share")
		for _, s := range []Schedule{StepDecay{Every: n}, Polynomial{Length: n}, Cosine{Length: n}, LinearWarmup{Length: n},
			OneCycle{Max: 1, Length: n, PctStart: share}, OneCycle{Max: 1, Length: n, Linear: true}, Then{Cosine{Length: n}, n, OneCycle{Max: 1, Length: n}}} {
			if lr := s.LR(1, at); math.IsNaN(lr) || lr < 0 || lr > 1+1e-12 || checkSchedule(s) != nil {
				t.Fatalf("%+v: %v at %d", s, lr, at)
			}
		}
	})
}

func TestWarmupEndsExactly(t *testing.T) {
	for n := 1; n <= 100; n++ {
		if lr := (LinearWarmup{Length: n}).LR(1, n); lr != 1 {
			t.Errorf("after %d: %v, want 1", n, lr)
		}
	}
}

// What makes no sense is an error that names the field, and NaN where nobody
// asks: never a rate of 0, never a panic.
func TestSchedulesRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for field, bad := range map[string]Schedule{
		"StepDecay.Every":           StepDecay{},
		"StepDecay: Gamma":          StepDecay{Every: 1, Gamma: nan},
		"MultiStep.Milestones is":   MultiStep{},
		"MultiStep.Milestones[1]":   MultiStep{Milestones: []int{3, -1}},
		"Exponential.Gamma":         Exponential{},
		"Exponential: Gamma":        Exponential{Gamma: -0.5},
		"Polynomial.Length":         Polynomial{},
		"Polynomial: Power":         Polynomial{Length: 3, Power: inf},
		"Cosine.Length":             Cosine{},
		"Cosine: Min":               Cosine{Length: 3, Min: -1},
		"LinearWarmup.Length":       LinearWarmup{Length: -1},
		"LinearWarmup: Start":       LinearWarmup{Start: nan},
		"OneCycle.Max":              OneCycle{},
		"OneCycle: Max":             OneCycle{Max: nan, Length: 3},
		"OneCycle.Length":           OneCycle{Max: 1},
		"OneCycle: Div":             OneCycle{Max: 1, Length: 3, Div: -1},
		"OneCycle.PctStart":         OneCycle{Max: 1, Length: 3, PctStart: 1.5},
		"Then.First is nil":         Then{},
		"Then.First is nil, want":   Then{First: (*Cosine)(nil), Length: 1, Next: ConstantRate{}},
		"Then.Next is nil":          Then{First: ConstantRate{}, Length: 1},
		"Then.Length":               Then{First: ConstantRate{}, Next: ConstantRate{}},
		"Then.Next: Cosine.Length":  Then{First: ConstantRate{}, Length: 1, Next: Cosine{}},
		"Then.First: OneCycle.Max ": Then{First: OneCycle{}, Length: 1, Next: ConstantRate{}},
	} {
		if err := checkSchedule(bad); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(field)) {
			t.Errorf("%s: err = %v", field, err)
		}
		if joined, ok := bad.(Then); ok && joined.First != nil && joined.Length > 0 && !isNil(joined.First) {
			continue // its first part may be sound
		}
		if lr := bad.LR(0.1, 5); !math.IsNaN(lr) {
			t.Errorf("%s: the rate is %v, want NaN", field, lr)
		}
	}
}

func TestPace(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     Schedule
		unit  Unit
		first float64 // rate of the first step of 4 epochs of 10 steps
		mid   float64 // rate of step 20, the first of epoch 2
		fault string
	}{
		{"none", nil, ByDefault, 2, 2, ""},
		{"cosine over epochs", Cosine{}, ByDefault, 2, 1, ""},
		{"cosine over steps", Cosine{}, ByStep, 2, 1, ""},
		{"one cycle counts steps", OneCycle{Max: 1, PctStart: 0.525, Linear: true}, ByDefault, 0.04, 1, ""},
		{"one cycle over epochs", OneCycle{Max: 1, PctStart: 0.75}, ByEpoch, 0.04, 1, ""},
		{"one cycle of the run's length", OneCycle{Max: 1, Length: 40}, ByDefault, 0.04, math.NaN(), ""},
		{"one cycle by epoch where steps were meant", OneCycle{Max: 1, Length: 40}, ByEpoch, 0, 0, "OneCycle.Length is 40, but it runs over 4"},
		{"one cycle too short", OneCycle{Max: 1, Length: 4}, ByDefault, 0, 0, "over 40 steps"},
		{"warm-up and the rest", Then{LinearWarmup{Start: 0.5, Length: 10}, 10, Polynomial{}}, ByStep, 1, 2 - 2*10.0/30, ""},
		{"warm-up longer than the run", Then{LinearWarmup{}, 5, Cosine{}}, ByEpoch, 0, 0, "Then.Next: Cosine.Length is 0"},
		{"mixed", Then{LinearWarmup{}, 2, OneCycle{Max: 1}}, ByDefault, 0, 0, "set ScheduleBy"},
		{"mixed by step", Then{LinearWarmup{}, 5, OneCycle{Max: 1, PctStart: 16.0 / 35}}, ByStep, 2.0 / 3, 1, ""},
		{"zero", Exponential{}, ByDefault, 0, 0, "Schedule: Exponential.Gamma"},
		{"nil", (*Cosine)(nil), ByDefault, 0, 0, "nil *trainer.Cosine"},
		{"unit", Cosine{}, 7, 0, 0, "ScheduleBy is 7"},
	} {
		p, err := newPace(c.s, c.unit, 4, 10)
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: err = %v, want %q", c.name, err, c.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		first, _ := p.rate(2, 0, 0)
		mid, _ := p.rate(2, 2, 20)
		if math.Abs(first-c.first) > 1e-12 || math.Abs(mid-c.mid) > 1e-12 {
			t.Errorf("%s: %v and %v, want %v and %v", c.name, first, mid, c.first, c.mid)
		}
	}
}

// custom is a schedule of the user's own.
type custom func(base float64, at int) float64

func (c custom) LR(base float64, at int) float64 { return c(base, at) }

func TestPaceRefusesRates(t *testing.T) {
	for want, s := range map[string]custom{
		"is NaN":  func(float64, int) float64 { return math.NaN() },
		"is +Inf": func(float64, int) float64 { return math.Inf(1) },
		"is -1":   func(float64, int) float64 { return -1 },
		"boom":    func(float64, int) float64 { panic("boom") },
	} {
		p, err := newPace(s, ByEpoch, 3, 3)
		if err != nil {
			t.Fatal(err)
		}
		if lr, err := p.rate(1, 2, 6); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", want, lr, err)
		}
	}
}

func TestLookupSchedule(t *testing.T) {
	for _, name := range []string{"", "step", "step_x_0.1", "step_0_0.1", "step_3_-1", "step_1e30_1", "step_0x2p0_1", "step_3_0.1_7", "multistep_0.5_3_1", "multistep_",
		"multistep", "steps_1_2", "cosine_T0", "cosine_T3_mixn2", "exponential_0", "exponential_nan", "onecycle_max0", "onecycle", "onecycle_max1_total0",
		"onecycle_max1_total5_straight", "polynomial_T3_2", "linear_warmup_0.1_1_5", "constant_1",
		"plateau_0.1", "plateau_0_3", "plateau_1_3", "plateau_0.1_3_1e-5", "cosine_then_cosine", "linear_warmup_0_to_1_over_0_then_cosine", "linear_warmup_0_to_1_over_3_then", "then_cosine", strings.Repeat("linear_warmup_0_to_1_over_1_then_", 200) + "cosine"} {
		if s, err := LookupSchedule(name); err == nil {
			t.Errorf("%q is %+v", name, s)
		}
	}
	for name, want := range map[string]Schedule{
		"onecycle_max0.5_total1e2_linear": OneCycle{Max: 0.5, Length: 100, Linear: true},
		"OneCycle_max0.5":                 OneCycle{Max: 0.5},
		"onecycle_max0.5_cos":             OneCycle{Max: 0.5},
		"Cosine":                          Cosine{},
		"cosine_24":                       Cosine{Length: 24},
		"polynomial":                      Polynomial{},
		"step_10_0":                       StepDecay{Every: 10, Gamma: -1},
		"linear_warmup_0_to_1_over_5":     LinearWarmup{Start: -1, End: 1, Length: 5},
		"plateau":                         ReduceOnPlateau{},
		"plateau_0.5_0":                   ReduceOnPlateau{Factor: 0.5, Patience: -1},
		"Plateau_0.5_3_min1e-5":           ReduceOnPlateau{Factor: 0.5, Patience: 3, Min: 1e-5},
		"linear_warmup_0_to_1_over_5_then_plateau": Then{LinearWarmup{Start: -1, End: 1, Length: 5}, 5, ReduceOnPlateau{}},
		"linear_warmup_0_to_1_over_5_then_cosine":  Then{LinearWarmup{Start: -1, End: 1, Length: 5}, 5, Cosine{}},
	} {
		if s, err := LookupSchedule(name); err != nil || s != want {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if _, err := LookupSchedule("cosin_T4"); err == nil || !strings.Contains(err.Error(), `did you mean "cosine"`) {
		t.Errorf("err = %v", err)
	}
}

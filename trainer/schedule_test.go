package trainer

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestScheduleCorners(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Schedule
		step int
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
		{"one cycle straight", OneCycle{Max: 1, Length: 21, PctStart: 0.5, Div: 2, Linear: true}, 0, 0.5},
		{"one cycle without rise", OneCycle{Max: 1, Length: 10, PctStart: -1, FinalDiv: 1, Linear: true}, 9, 0.04},
	} {
		if got := c.s.LR(2, c.step); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSchedulesAreFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 50).Draw(t, "length")
		step := rapid.IntRange(0, 100).Draw(t, "step")
		for _, s := range []Schedule{StepDecay{Every: n}, Polynomial{Length: n}, Cosine{Length: n}, LinearWarmup{Length: n}, OneCycle{Max: 1, Length: n}, OneCycle{Max: 1, Length: n, Linear: true}} {
			if lr := s.LR(1, step); math.IsNaN(lr) || lr < 0 || lr > 1 {
				t.Fatalf("%+v: %v at step %d", s, lr, step)
			}
		}
	})
}

func TestLookupScheduleRefuses(t *testing.T) {
	for _, name := range []string{"", "step", "step_x_0.1", "multistep_0.5_3_1", "multistep_", "cosine", "steps_1_2"} {
		if s, err := LookupSchedule(name); err == nil {
			t.Errorf("%q is %+v", name, s)
		}
	}
	if s, err := LookupSchedule("onecycle_max0.5_total1e2_linear"); err != nil || s != (OneCycle{Max: 0.5, Length: 100, Linear: true}) {
		t.Errorf("%+v, %v", s, err)
	}
}

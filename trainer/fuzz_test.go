package trainer

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// Whatever the name, a schedule is either an error or gives rates that a run can
// work with.
func FuzzLookupSchedule(f *testing.F) {
	for _, name := range []string{"constant", "step_10_0.5", "multistep_8_16_0.1", "exponential_0.9", "cosine_T24_min0.001", "cosine", "linear_warmup_0.1_to_1_over_5",
		"onecycle_max1_total24_cos", "onecycle_max1_linear", "polynomial_T24_p2", "step_1e9_0", "_", "multistep__", "onecycle_max1e308", "COSINE_3",
		"piecewise_0%:0.2_23%:1_100%:0.07", "piecewise_50%:1", "plateau_0.1_10_min1e-5", "linear_warmup_0.1_to_1_over_5_then_plateau", "linear_warmup_0_to_1_over_1_then_linear_warmup_0_to_1_over_1_then_cosine"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s, err := LookupSchedule(name)
		if err != nil {
			return
		}
		p, err := newPace(s, ByStep, 3, 8)
		if err != nil {
			return // of another length, for instance
		}
		for step := range 24 {
			lr, err := p.rate(0.1, step/8, step)
			if err == nil && (math.IsNaN(lr) || math.IsInf(lr, 0) || lr < 0) {
				t.Fatalf("%q: rate %v at %d", name, lr, step)
			}
		}
	})
}

// Whatever the arguments, an optimizer is either an error or one that a solver
// takes.
func FuzzLookupOptimizer(f *testing.F) {
	for _, a := range []string{`{"lr": 0.1, "momentum": 0.9, "nesterov": true}`, `{"betas": [0.9, 0.99], "eps": 0}`, `{"lr": 1e999}`, `{"betas": null}`, `{"lr": ""}`, `{}`} {
		for _, kind := range OptimizerNames() {
			f.Add(kind, a)
		}
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		var arguments map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &arguments) != nil {
			return
		}
		o, err := LookupOptimizer(kind, arguments)
		if err != nil {
			return
		}
		if s, err := NewSolver(o); err != nil || !(s.BaseLR() > 0) {
			t.Fatalf("%s of %s: %v", kind, text, err)
		}
	})
}

// A pattern that is accepted matches without a panic, and its own text when it
// has no wildcards.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{"**", "layer1.**", "**.bias", "a.[bc].?", "a.**.**.b", "[^a-z].*", `\*.x`, "a..b", "[", "***"} {
		f.Add(p, "layer1.0.conv1.weight")
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if checkPattern(pattern) != nil {
			return
		}
		matches(pattern, name)
		if !strings.ContainsAny(pattern, `*?[\`) && !matches(pattern, pattern) {
			t.Fatalf("%q does not match itself", pattern)
		}
		suggestion(pattern, []string{name})
	})
}

package paritytest

import (
	"encoding/json"
	"testing"
)

// Optimizers is a file of trajectories. The objective is fixed:
// sum_i a_i*(w_i-t_i)^2 over 33 elements, 12 steps; Objective gives a, t, w0.
type Optimizers struct {
	File    string `json:"-"`
	Float64 map[string]OptimizerCase
}

// OptimizerCase is one optimizer: the name in the map starts with the kind
// (sgd, adam, adamw, rmsprop, adagrad), Config has PyTorch's argument names.
// Losses are those before each step, W the elements after the last.
type OptimizerCase struct {
	Config map[string]json.RawMessage
	Losses []float64
	W      Brief
}

// Objective returns the coefficients, the targets and the start of the
// optimizers' objective.
func Objective() (a, t, w []float64) {
	const n = 33
	a = Uniform("optim.a", n, func(u float64) float64 { return 0.5 + u })
	return a, Uniform("optim.t", n, Signed), Uniform("optim.w", n, Signed)
}

// LoadOptimizers reads every file of kind "optimizers".
func LoadOptimizers(t testing.TB) []Optimizers {
	t.Helper()
	return load(t, "optimizers", func(o *Optimizers, name string) { o.File = name })
}

// Schedules is a file of learning rates by step; a schedule's name encodes its
// parameters.
type Schedules struct {
	File     string               `json:"-"`
	BaseLR   float64              `json:"base_lr"`
	LRAtStep map[string][]float64 `json:"lr_at_step"`
}

// LoadSchedules reads every file of kind "schedules".
func LoadSchedules(t testing.TB) []Schedules {
	t.Helper()
	return load(t, "schedules", func(s *Schedules, name string) { s.File = name })
}

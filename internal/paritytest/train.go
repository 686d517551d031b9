package paritytest

import (
	"encoding/json"
	"regexp"
	"strconv"
	"testing"
)

// Optimizers is a file of trajectories on sum_i a_i*(w_i-t_i)^2, whose a, t and
// start w are those of Objective.
type Optimizers struct {
	File      string `json:"-"`
	Objective string // in words
	Float64   map[string]OptimizerCase
}

var elements = regexp.MustCompile(`(\d+) elements`)

// Elements is the size of w, which the objective's description mentions.
func (o Optimizers) Elements() int {
	if m := elements.FindStringSubmatch(o.Objective); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 33
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
// optimizers' objective over n elements.
func Objective(n int) (a, t, w []float64) {
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

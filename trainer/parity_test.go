package trainer

import (
	"math"
	"sort"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/paritytest"
	"gorgonia.org/tensor"
)

func TestParityOptimizers(t *testing.T) {
	for _, file := range paritytest.LoadOptimizers(t) {
		for _, name := range sorted(file.Float64) {
			c := file.Float64[name]
			t.Run(file.File+"/"+name+"/float64", func(t *testing.T) { checkTrajectory[float64](t, name, file.Elements(), c, paritytest.Exact64) })
			t.Run(file.File+"/"+name+"/float32", func(t *testing.T) { checkTrajectory[float32](t, name, file.Elements(), c, paritytest.Loose32(0)) })
		}
	}
}

// kindOf is the kind whose name starts the case's name, the longest if several
// do.
func kindOf(name string) string {
	kind := ""
	for _, k := range []string{"sgd", "adam", "adamw", "rmsprop", "adagrad"} {
		if strings.HasPrefix(name, k) && len(k) > len(kind) {
			kind = k
		}
	}
	if strings.HasPrefix(name, "adamax") || kind == "" {
		return name // LookupOptimizer refuses it by its full name
	}
	return kind
}

func checkTrajectory[T float32 | float64](t *testing.T, name string, n int, c paritytest.OptimizerCase, tol paritytest.Tolerance) {
	o, err := LookupOptimizer(kindOf(name), c.Config)
	if err != nil {
		t.Fatal(err)
	}
	solver := newSolver(t, o)
	a64, t64, w64 := paritytest.Objective(n)
	a, target, w := paritytest.Convert[T](a64), paritytest.Convert[T](t64), paritytest.Convert[T](w64)
	g := make([]T, len(w))
	params := []Parameter{{Name: "w", Value: tensor.New(tensor.WithShape(len(w)), tensor.WithBacking(w)),
		Grad: tensor.New(tensor.WithShape(len(g)), tensor.WithBacking(g))}}
	for step, want := range c.Losses {
		var loss T
		for i, x := range w {
			d := x - target[i]
			loss += a[i] * d * d
			g[i] = 2 * a[i] * d
		}
		// Near the minimum the loss is a square of cancelled numbers: below a
		// small part of the first loss it has no relative accuracy.
		scale := max(math.Abs(want), tol.Floor*1e-3*c.Losses[0])
		if diff := math.Abs(float64(loss) - want); !(diff <= tol.Rel*scale) {
			t.Errorf("loss before step %d is %v, want %v", step, loss, want)
		}
		if err := solver.Update(params); err != nil {
			t.Fatal(err)
		}
	}
	if err := paritytest.Check(w, c.W, tol); err != nil {
		t.Errorf("w: %v", err)
	}
}

func TestParitySchedules(t *testing.T) {
	for _, file := range paritytest.LoadSchedules(t) {
		for _, name := range sorted(file.LRAtStep) {
			t.Run(file.File+"/"+name, func(t *testing.T) {
				s, err := LookupSchedule(name)
				if err != nil {
					t.Fatal(err)
				}
				for step, want := range file.LRAtStep[name] {
					// A rate that has fallen to zero may be one rounding error off.
					scale := max(math.Abs(want), 1e-6*file.BaseLR)
					if got := s.LR(file.BaseLR, step); !(math.Abs(got-want) <= 1e-9*scale) {
						t.Errorf("step %d: rate is %.17g, want %.17g", step, got, want)
					}
				}
			})
		}
	}
}

func sorted[T any](m map[string]T) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

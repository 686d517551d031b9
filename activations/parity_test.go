package activations

import (
	"math"
	"slices"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"github.com/stheno-ml/stheno/internal/paritytest"
	"gorgonia.org/gorgonia"
)

func TestParityActivations(t *testing.T) {
	for _, f := range paritytest.LoadOps(t) {
		names := make([]string, 0, len(f.Activations))
		for name := range f.Activations {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			want := f.Activations[name]
			t.Run(f.File+"/"+name+"/float64", func(t *testing.T) {
				checkActivation[float64](t, name, f.ActivationGrid, want, 1e-9, 0x1p-52)
			})
			t.Run(f.File+"/"+name+"/float32", func(t *testing.T) {
				checkActivation[float32](t, name, f.ActivationGrid, want, 1e-4, 0x1p-23)
			})
		}
	}
}

func checkActivation[T kernel.Float](t *testing.T, name string, grid []float64, want paritytest.Activation, rel, eps float64) {
	a, err := Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	var x []float64 // in float32 the function's argument is the rounded one
	for _, v := range grid {
		x = append(x, float64(T(v)))
	}
	r, err := optest.Run[T](build(a), slices.Repeat([]float64{1}, len(x)), withParameters(a, optest.Data("x", x, len(x)))...)
	if err != nil {
		t.Fatal(err)
	}
	if err := near(grid, r.Y, want.Y, rel, eps); err != nil {
		t.Errorf("value: %v", err)
	}
	if a == (Step{}) {
		return
	}
	if err := near(grid, r.Grads[0], want.DY, rel, eps); err != nil {
		t.Errorf("derivative: %v", err)
	}
}

// near compares relative to what is wanted. Results like 1 - tanh²(x) are
// differences of numbers about 1 (x·(1 - ...): about |x|), in the references
// too: they can't be told from 0 below the rounding errors of those.
func near[T kernel.Float](grid []float64, got []T, want []float64, rel, eps float64) error {
	if len(got) != len(want) {
		return errors.Errorf("%d values, want %d", len(got), len(want))
	}
	for i, w := range want {
		allowed := math.Max(rel*math.Abs(w), 2*eps*math.Max(1, math.Abs(grid[i])))
		if diff := math.Abs(float64(got[i]) - w); !(diff <= allowed) {
			return errors.Errorf("at %g: %.17g, want %.17g: off by %.3g, allowed %.3g", grid[i], got[i], w, diff, allowed)
		}
	}
	return nil
}

func TestParityMaxout(t *testing.T) {
	for _, f := range paritytest.LoadOps(t) {
		for _, c := range f.Cases {
			if c.Case.Op != "maxout" {
				continue
			}
			t.Run(f.File+"/"+c.Name+"/float64", func(t *testing.T) { checkMaxout[float64](t, c, paritytest.Exact64) })
			t.Run(f.File+"/"+c.Name+"/float32", func(t *testing.T) { checkMaxout[float32](t, c, paritytest.Loose32(0)) })
		}
	}
}

func checkMaxout[T kernel.Float](t *testing.T, c paritytest.OpCase, tol paritytest.Tolerance) {
	o := c.Case
	shape := []int{o.N, o.C * o.Pieces, o.H, o.W}
	if o.H == 0 {
		shape = shape[:2]
	}
	size, count := 1, 1
	for _, d := range shape {
		size *= d
	}
	for _, d := range c.Float64.YShape {
		count *= d
	}
	x, err := c.Fill("x", size)
	if err != nil {
		t.Fatal(err)
	}
	dy, err := c.Fill("dy", count)
	if err != nil {
		t.Fatal(err)
	}
	r, err := optest.Run[T](build(Maxout{o.Pieces}), dy, optest.Data("x", x, shape...))
	if err != nil {
		t.Fatal(err)
	}
	if err := paritytest.CheckShape(r.Shape, c.Float64.YShape); err != nil {
		t.Error(err)
	}
	for name, want := range c.Float64.Briefs {
		got := map[string][]T{"y": r.Y, "dx": r.Grads[0]}[name]
		if err := paritytest.Check(got, want, tol); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// build applies an activation to x and its parameters.
func build(a Activation) optest.Build {
	return func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return a.Apply(in[0], in[1:]...) }
}

// withParameters appends a's parameters at their starting values to x. Only x
// is differentiated, and not even x under Step.
func withParameters(a Activation, x optest.Input) []optest.Input {
	x.Fixed = a == Step{}
	in := []optest.Input{x}
	channels := 1
	if len(x.Shape) > 1 {
		channels = x.Shape[1]
	}
	for _, p := range a.Parameters(channels) {
		in = append(in, optest.Fixed(optest.Data(p.Name, slices.Repeat([]float64{p.Start}, p.Shape.TotalSize()), p.Shape...)))
	}
	return in
}

package main

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/tensor"
)

func TestLARS(t *testing.T) {
	solver, err := trainer.NewSolver(LARS{LR: 0.1, Momentum: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	w := tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{3, -4}))
	g := tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{0, 0.5}))
	p := []trainer.Parameter{{Name: "w", Value: w, Grad: g}}
	if err := solver.Update(p); err != nil {
		t.Fatal(err)
	}
	near(t, "first step", w.Float64s(), []float64{3, -4.5}, 1e-12) // v = 5/0.5 * (0, 0.5)
	if err := solver.Update(p); err != nil {
		t.Fatal(err)
	}
	size := math.Hypot(3, -4.5)
	near(t, "second step", w.Float64s(), []float64{3, -4.5 - 0.1*(2.5+size)}, 1e-12)
}

func TestLARSRefusesNonsense(t *testing.T) {
	if _, err := trainer.NewSolver(LARS{Momentum: 1}); err == nil {
		t.Error("no error for momentum 1")
	}
}

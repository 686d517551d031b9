package main

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/activations"
)

// activations.Curve runs an activation as a network would, in float64.
func TestActivations(t *testing.T) {
	xs := []float64{-3, -1, -0.1, 0, 0.2, 1.5, 4}
	for _, c := range []struct {
		act activations.Activation
		f   func(x float64) float64
	}{
		{Snake, func(x float64) float64 { return x + math.Sin(x)*math.Sin(x) }},
		{TanhShrink{}, func(x float64) float64 { return x - math.Tanh(x) }},
	} {
		ys, dys, err := activations.Curve(c.act, xs)
		if err != nil {
			t.Fatalf("%s: %v", c.act, err)
		}
		for i, x := range xs {
			if want := c.f(x); math.Abs(ys[i]-want) > 1e-12 {
				t.Errorf("%s(%v) = %v, want %v", c.act, x, ys[i], want)
			}
			const h = 1e-5
			if want := (c.f(x+h) - c.f(x-h)) / (2 * h); math.Abs(dys[i]-want) > 1e-8 {
				t.Errorf("derivative of %s at %v is %v, want %v", c.act, x, dys[i], want)
			}
		}
	}
}

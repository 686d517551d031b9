package main

import (
	"testing"

	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// gorgonia.Grad and graph.Gradients give the same numbers, those of the
// expression's differences.
func TestMixedGradients(t *testing.T) {
	mixed := func(in gorgonia.Nodes) (*gorgonia.Node, error) { return Mixed(in[0], in[1], in[2]) }
	in := []variable{random(1, 2, 2, 4, 4), random(2, 3, 2, 3, 3), random(3)}
	loss, theirs := run(t, tensor.Float64, mixed, gorgonia.Grad, in...)
	again, ours := run(t, tensor.Float64, mixed, graph.Gradients, in...)
	near(t, "loss", []float64{again}, []float64{loss}, 1e-12)
	for i := range in {
		near(t, "gradient", ours[i], theirs[i], 1e-12)
	}
	checkDifferences(t, mixed, ours, in...)

	_, narrow := run(t, tensor.Float32, mixed, gorgonia.Grad, in...)
	for i := range in {
		near(t, "float32 gradient", narrow[i], ours[i], 1e-4)
	}
}

package main

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// passing is a network that gives its input.
func passing(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return x, nil }

func TestBrier(t *testing.T) {
	x := []float32{0.5, -1, 2, 0, 0.25, -0.75}
	q := []float32{0, 0.25, 0.75, 1, 0, 0}
	loss := func(x []float32) float64 {
		sum := 0.0
		for n := 0; n < len(x); n += 3 {
			norm := 0.0
			for c := range 3 {
				norm += math.Exp(float64(x[n+c]))
			}
			for c := range 3 {
				d := math.Exp(float64(x[n+c]))/norm - float64(q[n+c])
				sum += d * d
			}
		}
		return sum / 2
	}
	cfg := graph.InferenceConfig(2, 3)
	cfg.Loss = Brier{}
	program, err := graph.Build(graph.BlockFunc(passing), graph.NewParams(1, graph.WithDtype(tensor.Float64)), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	got, err := program.Loss(t.Context(), x, graph.Probabilities(q))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "loss", []float64{got}, []float64{loss(x)}, 1e-12)
	if _, err := program.Loss(t.Context(), x, graph.Labels([]int{2, 0})); err == nil {
		t.Error("no error for labels")
	}
}

func TestBrierGradient(t *testing.T) {
	x, q := random(1, 2, 3), variable{tensor.Shape{2, 3}, []float64{0, 0.25, 0.75, 1, 0, 0}}
	brier := func(in gorgonia.Nodes) (*gorgonia.Node, error) {
		return Brier{}.Build(in[0], q.node(in[0].Graph(), tensor.Float64, "target"))
	}
	_, grads := run(t, tensor.Float64, brier, graph.Gradients, x)
	checkDifferences(t, brier, grads, x)
}

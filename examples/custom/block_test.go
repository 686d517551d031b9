package main

import (
	"math"
	"slices"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

func TestGatedComputesItsFormula(t *testing.T) {
	params := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	program, err := graph.Build(Gated{Out: 1, Kernel: 1, Act: TanhShrink{}}, params, graph.InferenceConfig(1, 1, 1, 2))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	var names []string
	for _, p := range params.All() {
		names = append(names, p.Name)
	}
	if want := []string{"conv.weight", "conv.bias", "gate.weight", "gate.bias"}; !slices.Equal(names, want) {
		t.Errorf("parameters %v, want %v", names, want)
	}
	for name, v := range map[string]float64{"conv.weight": 2, "conv.bias": 1, "gate.weight": -1, "gate.bias": 0.5} {
		if err := params.Set(name, []float64{v}); err != nil {
			t.Fatal(err)
		}
	}
	y, err := program.Run(t.Context(), []float32{1, -0.5})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "y", y.Float64s(), []float64{(3 - math.Tanh(3)) / (1 + math.Exp(0.5)), 0}, 1e-12)
}

func TestGatedNamesItsPlace(t *testing.T) {
	_, err := graph.Build(Gated{}, graph.NewParams(1), graph.InferenceConfig(1, 1, 4, 4))
	if place := (*graph.LayerError)(nil); !errors.As(err, &place) || place.Path != "conv" {
		t.Errorf("error %v, want one at conv", err)
	}
}

package blocks

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
)

// Nested sums make the gradient of one value the sum g + h + g, which the
// memory plan once wrote over g.
func TestGradientOfNestedSums(t *testing.T) {
	c := Sequence{Conv2D{Out: 2, Kernel: 3, Padding: 1}, Act{activations.Tanh}}
	net := Sequence{
		Conv2D{Out: 2, Kernel: 3, Padding: 1},
		Sum{Body: Sum{Body: c, Shortcut: Sum{Body: c}}},
		GlobalAveragePool{}, Linear{Out: 3},
	}
	x := make([]float32, 2*2*5*5)
	for i := range x {
		x[i] = float32(math.Sin(float64(i + 1)))
	}
	gradient := func(unshared bool) []float64 {
		cfg := graph.Train(2, 2, 5, 5)
		cfg.NoSharing = unshared
		p, err := graph.Build(net, graph.NewParams64(1), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if _, err := p.Step(x, []int{0, 2}); err != nil {
			t.Fatal(err)
		}
		grads, err := p.Gradients()
		if err != nil {
			t.Fatal(err)
		}
		return append([]float64(nil), grads[0].Grad.Float64s()...)
	}
	got, want := gradient(false), gradient(true)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("gradient of the first weight: element %d is %v with shared memory, %v without", i, got[i], want[i])
		}
	}
}

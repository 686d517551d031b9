package blocks

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// Nested sums make the gradient of one value the sum g + h + g, which the
// memory plan once wrote over g.
func TestGradientOfNestedSums(t *testing.T) {
	c := Sequence{Conv2D{Out: 2, Kernel: 3, Padding: 1}, Act{activations.Tanh{}}}
	x := Identity{}
	images := make([]float32, 2*2*5*5)
	for i := range images {
		images[i] = float32(math.Sin(float64(i + 1)))
	}
	gradient := func(sum Block, unshared bool) []float64 {
		net := Sequence{Conv2D{Out: 2, Kernel: 3, Padding: 1}, sum, GlobalAvgPool2D{}, Linear{Out: 3}}
		cfg := graph.TrainingConfig(2, 2, 5, 5)
		cfg.NoSharing = unshared
		p, err := graph.Build(net, graph.NewParams(1, graph.WithDtype(tensor.Float64)), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if _, err := p.Step(t.Context(), images, graph.Labels([]int{0, 2})); err != nil {
			t.Fatal(err)
		}
		grads, err := p.Gradients()
		if err != nil {
			t.Fatal(err)
		}
		return append([]float64(nil), grads[0].Grad.Float64s()...)
	}
	for i, sum := range []Block{
		Sum{Sum{c, Sum{c, x}}, x},
		Sum{Sum{Sum{c, x}, c}, x},
		Sum{Sum{c, x}, Sum{c, x}},
	} {
		got, want := gradient(sum, false), gradient(sum, true)
		for k := range want {
			if got[k] != want[k] {
				t.Errorf("network %d: gradient of the first weight: element %d is %v with shared memory, %v without", i, k, got[k], want[k])
				break
			}
		}
	}
}

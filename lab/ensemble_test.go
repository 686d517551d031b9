package lab

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/insight"
)

func TestEnsemble(t *testing.T) {
	r := tiny(t, "ensemble")
	for _, seed := range []string{"1", "2"} {
		kept := func(kind string) float64 {
			a := numbers(t, r, "deleted", "accuracy", kind, seed)
			sum := 0.0
			for _, v := range a[1:] {
				sum += v / float64(len(a)-1)
			}
			return sum / a[0]
		}
		if plain, residual := kept(plainKind), kept(residualKind); plain >= residual {
			t.Errorf("seed %s: without a unit the plain network keeps %v of its accuracy, the residual one %v", seed, plain, residual)
		}
	}
	total := 0.0
	for _, v := range numbers(t, r, "paths", "share_of_gradient") {
		total += v
	}
	if math.Abs(total-1) > 1e-4 {
		t.Errorf("the paths carry %v of the gradient", total)
	}
}

// A network with open gates is the network, and the gradients along all paths add
// up to its gradient.
func TestPathsAddUp(t *testing.T) {
	s := Settings{tiny: true}
	n, err := s.quickSpecimen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	images, labels, err := insight.Read(n.test, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, want, err := n.Outputs(t.Context(), "", images)
	if err != nil {
		t.Fatal(err)
	}
	l, err := n.shape.open(t.Context(), n.Network, images, labels)
	if err != nil {
		t.Fatal(err)
	}
	_, got, err := l.net.Outputs(t.Context(), "", images)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if math.Abs(float64(v-want[i])) > 1e-3 {
			t.Fatalf("output %d is %v with gates, %v without", i, v, want[i])
		}
	}
	p, batch, err := l.backward(2)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	whole, err := l.along(t.Context(), p, batch, func(int) (float64, float64) { return 1, 1 })
	if err != nil {
		t.Fatal(err)
	}
	sum := make([]float64, len(whole))
	for path := range 1 << len(l.units()) {
		g, err := l.along(t.Context(), p, batch, func(u int) (float64, float64) {
			return float64(path >> u & 1), float64(1 - path>>u&1)
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range g {
			sum[i] += float64(v)
		}
	}
	for i, v := range whole {
		if math.Abs(sum[i]-float64(v)) > 1e-3*norm(whole) {
			t.Fatalf("element %d: the paths add up to %v, the gradient is %v", i, sum[i], v)
		}
	}
}

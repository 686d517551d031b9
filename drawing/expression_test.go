package drawing

import (
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
)

// z = tanh(x*y) at (2, 0.25) with its gradients, drawn both ways.
func TestExpression(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("x"))
	y := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("y"))
	z, err := activations.Tanh{}.Apply(gorgonia.Must(gorgonia.Mul(x, y)))
	if err != nil {
		t.Fatal(err)
	}
	gorgonia.WithName("z")(z)
	grads, err := graph.Gradients(z, x, y)
	if err != nil {
		t.Fatal(err)
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := gorgonia.Let(x, 2.0); err != nil {
		t.Fatal(err)
	}
	if err := gorgonia.Let(y, 0.25); err != nil {
		t.Fatal(err)
	}
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	for _, horizontal := range []bool{false, true} {
		d := Expression(Options{Title: "product", Horizontal: horizontal}, append(gorgonia.Nodes{z}, grads...)...)
		s := sound(t, "expression", drawn(t, d, nil))
		var got []string
		for _, b := range s.boxes {
			got = append(got, b.class+": "+b.words())
		}
		for _, want := range []string{
			"box data: x|2", "box data: y|0.25", "box data: 1", "box expr: ×|0.5", "box expr: z: tanh|0.46212",
			// dz/dx = y(1 - tanh²), dz/dy = x(1 - tanh²)
			"box grad: ×|0.19661", "box grad: ×|1.5729",
		} {
			if !slices.Contains(got, want) {
				t.Errorf("no box %q in %q", want, got)
			}
		}
		if n := strings.Count(d.DOT(), "->"); n < 8 || n > len(s.wires) {
			t.Errorf("%d edges, %d lines, want at least 8", n, len(s.wires))
		}
	}
}

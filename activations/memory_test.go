package activations

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// TestInPlace: where an operation says that its result may lie on an input, it
// gives the same numbers there.
func TestInPlace(t *testing.T) {
	for _, a := range everyActivation(t) {
		t.Run(a.String(), func(t *testing.T) {
			g := gorgonia.NewGraph()
			in := withParameters(a, optest.X("x", 3, 6, 2))
			nodes := make(gorgonia.Nodes, len(in))
			for i := range in {
				nodes[i] = optest.Node[float64](g, in[i])
			}
			y, err := a.Apply(nodes[0], nodes[1:]...)
			if err != nil {
				t.Fatal(err)
			}
			if y == nodes[0] {
				return // Identity
			}
			checkInPlace(t, op.Of(y))
			if a == (Step{}) {
				return
			}
			dy := optest.Node[float64](g, optest.X("dy", y.Shape()...))
			grads, err := op.Of(y).SymDiff(nodes, y, dy)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range grads {
				checkInPlace(t, op.Of(d))
			}
		})
	}
}

func checkInPlace(t *testing.T, n *op.Node) {
	t.Helper()
	fresh := func() (data [][]float64, values []gorgonia.Value) {
		for i, in := range n.Inputs() {
			x := optest.X(fmt.Sprint("input", i), in.Shape()...).Data
			data = append(data, x)
			values = append(values, tensor.New(tensor.WithShape(in.Shape()...), tensor.WithBacking(x)))
		}
		return data, values
	}
	_, values := fresh()
	v, err := n.Do(values...)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(v.Data().([]float64))
	for _, i := range n.Overwrites() {
		data, values := fresh()
		if err := op.Bind(n, data[i]); err != nil {
			t.Fatal(err)
		}
		v, err := n.Do(values...)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Data().([]float64); &got[0] != &data[i][0] || !slices.Equal(got, want) {
			t.Errorf("%v over input %d: got %v, want %v", n, i, got, want)
		}
	}
}

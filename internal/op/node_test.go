package op_test

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// plus adds up all its inputs.
type plus struct{}

func (plus) Name() string       { return "plus" }
func (plus) Attributes() string { return "" }
func (plus) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), nil
}
func (plus) Float32(a op.Args[float32]) error {
	for i := range a.Out {
		a.Out[i] = 0
		for _, in := range a.In {
			a.Out[i] += in[i]
		}
	}
	return nil
}
func (plus) Float64(op.Args[float64]) error { return nil }

func TestApplyRefusesWhatIsNoInput(t *testing.T) {
	g := gorgonia.NewGraph()
	x := vector(g, "x")
	for _, c := range []struct {
		name, want string
		in         gorgonia.Nodes
	}{
		{"nil", "plus: input 1 is nil", gorgonia.Nodes{x, nil}},
		{"nothing", "plus: no floating-point input", nil},
		{"no shape", "plus: input 0 (m) has no shape, want one of 4 dimensions",
			gorgonia.Nodes{gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithName("m"))}},
		{"no type", "plus: input 1 (u) has no type",
			gorgonia.Nodes{x, gorgonia.NewUniqueNode(gorgonia.In(g), gorgonia.WithName("u"))}},
		{"zero node", "plus: no input belongs to a graph", gorgonia.Nodes{new(gorgonia.Node)}},
		{"no graph", "plus: no input belongs to a graph",
			gorgonia.Nodes{gorgonia.NewConstant(tensor.New(tensor.WithBacking([]float32{1, 2})))}},
		{"two graphs", "plus: input 1 (y) belongs to another graph",
			gorgonia.Nodes{x, vector(gorgonia.NewGraph(), "y")}},
		{"two types", "plus: input 1 (d) is float64, want float32",
			gorgonia.Nodes{x, gorgonia.NewVector(g, tensor.Float64, gorgonia.WithShape(2), gorgonia.WithName("d"))}},
		{"no elements", "plus: input 1 (e) has shape (0): a size must be at least 1",
			gorgonia.Nodes{x, gorgonia.NewVector(g, tensor.Float32, gorgonia.WithShape(0), gorgonia.WithName("e"))}},
		{"integers", "plus: input 1 (i) is int, want float32 or float64",
			gorgonia.Nodes{x, gorgonia.NewVector(g, tensor.Int, gorgonia.WithShape(2), gorgonia.WithName("i"))}},
		{"strings", "plus: input 0 (s) is string, want float32 or float64",
			gorgonia.Nodes{gorgonia.NewVector(g, tensor.String, gorgonia.WithShape(2), gorgonia.WithName("s"))}},
	} {
		if _, err := op.Apply(plus{}, c.in...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := op.Apply(nil, x); err == nil {
		t.Error("no error without an operation")
	}
	if op.Of(nil) != nil {
		t.Error("there is an operation behind nil")
	}
}

// The node keeps its inputs whatever becomes of the caller's slice.
func TestApplyKeepsItsInputs(t *testing.T) {
	g := gorgonia.NewGraph()
	x, y := vector(g, "x"), vector(g, "y")
	in := gorgonia.Nodes{x, y}
	n, err := op.Apply(plus{}, in...)
	if err != nil {
		t.Fatal(err)
	}
	in[1] = nil
	if got := op.Of(n).Inputs(); got[0] != x || got[1] != y {
		t.Errorf("inputs are %v, want x and y", got)
	}
}

func TestApplyTakesConstantsIn(t *testing.T) {
	g := gorgonia.NewGraph()
	c := gorgonia.NewConstant(tensor.New(tensor.WithBacking([]float32{10, 20})))
	n, err := op.Apply(plus{}, c, vector(g, "x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range op.Of(n).Inputs() {
		if in.Graph() != g {
			t.Errorf("input %v is not in the graph", in)
		}
	}
	machine := gorgonia.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	if y := n.Value().Data().([]float32); y[0] != 11 || y[1] != 22 {
		t.Errorf("got %v, want [11 22]", y)
	}
}

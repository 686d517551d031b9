package activations

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
)

// sine is Snake without its linear part.
func sine(k float64) *Pointwise {
	return &Pointwise{
		Name:       "sine",
		Func:       func(x float64) float64 { return math.Sin(k * x) },
		Derivative: func(x float64) float64 { return k * math.Cos(k*x) },
	}
}

func TestPointwise(t *testing.T) {
	for _, shape := range [][]int{{}, {7}, {2, 6, 3}} {
		optest.Check(t, build(sine(2)), optest.X("x", shape...))
	}
	x := optest.X("x", 3, 5000) // on several threads
	r, err := optest.Run[float32](build(sine(3)), optest.X("dy", 15000).Data, x)
	if err != nil {
		t.Fatal(err)
	}
	dy := optest.X("dy", 15000).Data
	for i, v := range x.Data {
		v := float64(float32(v))
		if y := float32(math.Sin(3 * v)); r.Y[i] != y {
			t.Fatalf("f(%v) = %v, want %v", v, r.Y[i], y)
		}
		if dx := float32(3*math.Cos(3*v)) * float32(dy[i]); r.Grads[0][i] != dx {
			t.Fatalf("dx at %v is %v, want %v", v, r.Grads[0][i], dx)
		}
	}
}

// TestPointwiseOfOneNameStayApart: two functions of one name on one input are
// two nodes, one function twice is one.
func TestPointwiseOfOneNameStayApart(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float64](g, optest.X("x", 4))
	one, two := sine(1), sine(2)
	var nodes []*gorgonia.Node
	for _, a := range []Activation{one, two, one} {
		y, err := a.Apply(x)
		if err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, y)
	}
	if nodes[0] == nodes[1] || nodes[0] != nodes[2] {
		t.Errorf("nodes of one, two, one: %p %p %p", nodes[0], nodes[1], nodes[2])
	}
	if Activation(one) == Activation(two) || Activation(one) != Activation(one) {
		t.Error("a Pointwise is equal to itself alone")
	}
}

func TestPointwiseRefuses(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float64](g, optest.X("x", 4))
	f := func(x float64) float64 { return x }
	for _, c := range []struct {
		p    *Pointwise
		in   []*gorgonia.Node
		want string
	}{
		{nil, []*gorgonia.Node{x}, "pointwise: activation is a nil *Pointwise"},
		{&Pointwise{Func: f}, []*gorgonia.Node{x}, "pointwise: Name is empty"},
		{&Pointwise{Name: "line"}, []*gorgonia.Node{x}, "line: Func is nil"},
		{&Pointwise{Name: "line", Func: f}, []*gorgonia.Node{x, x}, "line: got 1 parameters, has none"},
		{&Pointwise{Name: "line", Func: f}, []*gorgonia.Node{nil}, "line: input 0 is nil"},
	} {
		if _, err := c.p.Apply(c.in[0], c.in[1:]...); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	_, _, err := Curve(&Pointwise{Name: "line", Func: f}, []float64{1})
	if err == nil || !strings.Contains(err.Error(), "line: Derivative is nil") {
		t.Errorf("without a derivative: error %v", err)
	}
	_, err = optest.Forward[float64](build(&Pointwise{Name: "broken", Func: func(float64) float64 { panic("no number") }}), optest.X("x", 2, 9000))
	if err == nil || !strings.Contains(err.Error(), "broken") || !strings.Contains(fmt.Sprint(err), "no number") {
		t.Errorf("a function that panics: error %v", err)
	}
}

package activations

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// everyActivation has each family with its defaults and some with others.
func everyActivation(t *testing.T) []Activation {
	all := []Activation{LeakyReLU{-0.5}, LeakyReLU{2}, ELU{0.3}, CELU{2.5}, PReLU{Channelwise: true, Start: 0.1}, Maxout{1}, Maxout{3}}
	for _, name := range Names() {
		a, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// elementwise says whether a doesn't care which dimension is the channels.
func elementwise(a Activation) bool {
	switch a := a.(type) {
	case Maxout:
		return false
	case PReLU:
		return !a.Channelwise
	}
	return true
}

// TestFiniteDifferences differentiates each function alone, and by
// gorgonia.Grad in a graph with Gorgonia's own operations.
func TestFiniteDifferences(t *testing.T) {
	for _, a := range append(everyActivation(t), sine(2)) {
		if a == (Step{}) {
			continue
		}
		for _, shape := range [][]int{{}, {7}, {2, 6}, {2, 6, 3}, {3, 6, 2, 3}} {
			if len(shape) < 2 && !elementwise(a) {
				continue
			}
			t.Run(fmt.Sprint(a, shape), func(t *testing.T) {
				x := optest.X("x", shape...)
				for i := range x.Data { // past the kinks at ±1, ±3 and 6, on none of them
					x.Data[i] *= 7.3
				}
				in := withParameters(a, x)
				for i := range in {
					in[i].Fixed = false
				}
				optest.Check(t, build(a), in...)
				optest.CheckGrad(t, build(a), in...)
			})
		}
	}
}

func TestFarFromZero(t *testing.T) {
	var x []float64
	for _, v := range []float64{0, 1e-300, 1e-30, 1, 88, 89, 100, 709, 710, 1e4, 1e6, 1e18} {
		x = append(x, v, -v)
	}
	for _, a := range everyActivation(t) {
		if a.InputsPerOutput() > 1 {
			continue
		}
		t.Run(a.String()+"/float64", func(t *testing.T) { checkFinite[float64](t, a, x) })
		t.Run(a.String()+"/float32", func(t *testing.T) { checkFinite[float32](t, a, x) })
	}
}

func checkFinite[T kernel.Float](t *testing.T, a Activation, x []float64) {
	dy := make([]float64, len(x))
	for i := range dy {
		dy[i] = 1
	}
	r, err := optest.Run[T](build(a), dy, withParameters(a, optest.Data("x", x, len(x), 1))...)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range x {
		y, dx := float64(r.Y[i]), 0.0
		if a != (Step{}) {
			dx = float64(r.Grads[0][i])
		}
		if limit := 2.5*math.Abs(v) + 1.8; !(math.Abs(y) <= limit) {
			t.Errorf("f(%g) = %g, want at most %g", v, y, limit)
		}
		if !(math.Abs(dx) <= 2.5) {
			t.Errorf("f'(%g) = %g, want at most 2.5", v, dx)
		}
	}
}

func TestNaNPropagates(t *testing.T) {
	for _, a := range everyActivation(t) {
		t.Run(a.String()+"/float64", func(t *testing.T) { checkNaN[float64](t, a) })
		t.Run(a.String()+"/float32", func(t *testing.T) { checkNaN[float32](t, a) })
	}
}

// checkNaN puts a NaN among other numbers: into one piece of the middle of
// three outputs.
func checkNaN[T kernel.Float](t *testing.T, a Activation) {
	x := make([]float64, 3*a.InputsPerOutput())
	for i := range x {
		x[i] = 0.5
	}
	x[2*a.InputsPerOutput()-1] = math.NaN()
	r, err := optest.Forward[T](build(a), withParameters(a, optest.Data("x", x, 3, a.InputsPerOutput()))...)
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range r.Y {
		if isNaN := y != y; isNaN != (i == 1) {
			t.Errorf("f(%v): got %v", x, r.Y)
		}
	}
}

// TestShapes: an elementwise function gives the same numbers in every shape.
func TestShapes(t *testing.T) {
	all := everyActivation(t)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(all).Draw(t, "activation")
		shape := rapid.SliceOfN(rapid.IntRange(1, 5), 2, 5).Draw(t, "shape")
		shape[1] *= a.InputsPerOutput()
		x := optest.X("x", shape...)
		r, err := optest.Forward[float64](build(a), withParameters(a, x)...)
		if err != nil {
			t.Fatal(err)
		}
		want := append([]int(nil), shape...)
		want[1] /= a.InputsPerOutput()
		if !r.Shape.Eq(tensor.Shape(want)) {
			t.Fatalf("%v of %v has shape %v, want %v", a, shape, r.Shape, want)
		}
		if p, ok := a.(PReLU); ok {
			a = PReLU{Start: p.Start}
		}
		if !elementwise(a) {
			return
		}
		x.Shape = tensor.Shape{len(x.Data)}
		flat, err := optest.Forward[float64](build(a), withParameters(a, x)...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range flat.Y {
			if r.Y[i] != flat.Y[i] {
				t.Fatalf("%v: [%d] is %v in shape %v, %v flat", a, i, r.Y[i], shape, flat.Y[i])
			}
		}
	})
}

func TestFusedAgreesWithApply(t *testing.T) {
	x := optest.X("x", 40)
	for _, a := range everyActivation(t) {
		act, ok := a.Fused()
		if !ok {
			continue
		}
		fused, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			zero, err := ops.Mul(in[0], in[1])
			if err != nil {
				return nil, err
			}
			return ops.AddAct(in[0], zero, act)
		}, x, optest.Data("zero", make([]float64, 40), 40))
		if err != nil {
			t.Fatal(err)
		}
		r, err := optest.Forward[float64](build(a), x)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range fused.Y {
			if r.Y[i] != v {
				t.Errorf("%v(%v): layers compute %v, Apply %v", a, x.Data[i], v, r.Y[i])
			}
		}
	}
	for _, a := range []Activation{Step{}, PReLU{}, Maxout{2}, twice{}} {
		if _, ok := a.Fused(); ok {
			t.Errorf("%v must not become part of a layer", a)
		}
	}
}

// twice is double its input.
type twice struct{ Custom }

func (twice) String() string { return "twice" }

func (twice) Apply(x *gorgonia.Node, _ ...*gorgonia.Node) (*gorgonia.Node, error) {
	return gorgonia.Add(x, x)
}

func TestDifferentSettingsStayApart(t *testing.T) {
	for _, pair := range [][2]Activation{{LeakyReLU{0.1}, LeakyReLU{0.10000001}}, {ELU{1}, ELU{2}}, {ReLU{}, ReLU6{}}, {Maxout{2}, Maxout{2}}} {
		g := gorgonia.NewGraph()
		x := optest.Node[float64](g, optest.X("x", 2, 4))
		a, err := pair[0].Apply(x)
		if err != nil {
			t.Fatal(err)
		}
		b, err := pair[1].Apply(x)
		if err != nil {
			t.Fatal(err)
		}
		if (a == b) != (pair[0] == pair[1]) {
			t.Errorf("%v and %v: same node %v", pair[0], pair[1], a == b)
		}
	}
}

func TestErrors(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float64](g, optest.X("x", 2, 4, 3, 3))
	v := optest.Node[float64](g, optest.X("v", 6))
	one := optest.Node[float64](g, optest.X("one", 1))
	four := optest.Node[float64](g, optest.X("four", 4))
	six := optest.Node[float64](g, optest.X("six", 6))
	matrix := optest.Node[float64](g, optest.X("matrix", 1, 1))
	for _, c := range []struct {
		a    Activation
		in   []*gorgonia.Node
		want string
	}{
		{ReLU{}, []*gorgonia.Node{nil}, "relu: input 0 is nil"},
		{Identity{}, []*gorgonia.Node{nil}, "identity: input is nil"},
		{ReLU{}, []*gorgonia.Node{x, one}, "relu: got 1 parameters, has none"},
		{Identity{}, []*gorgonia.Node{x, one}, "identity: got 1 parameters, has none"},
		{Step{}, []*gorgonia.Node{x, one}, "step: got 1 parameters, has none"},
		{LeakyReLU{math.NaN()}, []*gorgonia.Node{x}, "leaky_relu: slope is NaN, want a finite number"},
		{ELU{-1}, []*gorgonia.Node{x}, "elu: alpha is -1, want 0 or more"},
		{CELU{-2}, []*gorgonia.Node{x}, "celu: alpha is -2, want more than 0"},
		{CELU{math.Inf(1)}, []*gorgonia.Node{x}, "celu: alpha is +Inf, want a finite number"},
		{PReLU{}, []*gorgonia.Node{x}, "prelu: got 0 parameters, want 1"},
		{PReLU{}, []*gorgonia.Node{x, nil}, "prelu: input 1 is nil"},
		{PReLU{}, []*gorgonia.Node{x, four}, "prelu: slope has shape (4), want (1)"},
		{PReLU{Channelwise: true}, []*gorgonia.Node{x, six}, "prelu: 6 slopes do not fit an input of shape (2, 4, 3, 3)"},
		{PReLU{Channelwise: true}, []*gorgonia.Node{v, six}, "prelu: 6 slopes do not fit an input of shape (6)"},
		{PReLU{}, []*gorgonia.Node{x, matrix}, "prelu: slope has shape (1, 1), want (1) or (channels)"},
		{PReLU{Start: math.NaN()}, []*gorgonia.Node{x, one}, "prelu: start is NaN"},
		{Maxout{3}, []*gorgonia.Node{x}, "maxout: input has 4 channels, pieces = 3 does not divide it"},
		{Maxout{2}, []*gorgonia.Node{v}, "maxout: input has shape (6), want (N, C·2, ...)"},
		{Maxout{-1}, []*gorgonia.Node{x}, "maxout: -1 pieces, want at least 1"},
		{Maxout{2}, []*gorgonia.Node{x, one}, "maxout:2: got 1 parameters, has none"},
	} {
		_, err := c.a.Apply(c.in[0], c.in[1:]...)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %s", c.a, err, c.want)
		}
	}
}

func TestStepRefusesDifferentiation(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float64](g, optest.X("x", 3))
	y, err := Step{}.Apply(x)
	if err != nil {
		t.Fatal(err)
	}
	cost, err := gorgonia.Sum(y)
	if err != nil {
		t.Fatal(err)
	}
	_, err = gorgonia.Grad(cost, x)
	if err == nil || !strings.Contains(err.Error(), "derivative of step") || !strings.Contains(err.Error(), "use a smooth relative: sigmoid") {
		t.Errorf("got %v", err)
	}
}

func TestPReLUParameters(t *testing.T) {
	for _, c := range []struct {
		p    PReLU
		want string
	}{
		{PReLU{}, "[{weight (1) 0.25}]"},
		{PReLU{Channelwise: true}, "[{weight (8) 0.25}]"},
		{PReLU{Channelwise: true, Start: 0.1}, "[{weight (8) 0.1}]"},
	} {
		if got := fmt.Sprint(c.p.Parameters(8)); got != c.want {
			t.Errorf("%v: %s, want %s", c.p, got, c.want)
		}
	}
}

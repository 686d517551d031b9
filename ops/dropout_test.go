package ops

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func TestDropoutKeepsTheMean(t *testing.T) {
	const n = 40000
	for _, p := range []float64{0.1, 0.5, 0.9} {
		r, err := optest.Run[float32](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return Dropout(in[0], DropoutConfig{p, 7})
		}, ones(n), optest.Data("x", ones(n), n))
		if err != nil {
			t.Fatal(err)
		}
		zeros := 0
		for i, v := range r.Y {
			switch v {
			case 0:
				zeros++
			case float32(1 / (1 - p)):
			default:
				t.Fatalf("p = %v: y[%d] is %v", p, i, v)
			}
			if r.Grads[0][i] != v { // x and dy are both 1
				t.Fatalf("p = %v: the gradient's mask is not the result's at %d", p, i)
			}
		}
		if got, sigma := float64(zeros)/n, math.Sqrt(p*(1-p)/n); math.Abs(got-p) > 5*sigma {
			t.Errorf("p = %v: %v of the elements are zero", p, got)
		}
	}
}

func TestDropoutSteps(t *testing.T) {
	const n = 64
	g := gorgonia.NewGraph()
	x := optest.Node[float64](g, optest.Data("x", ones(n), n))
	y, err := Dropout(x, DropoutConfig{0.5, 3})
	if err != nil {
		t.Fatal(err)
	}
	other, err := Dropout(x, DropoutConfig{0.5, 4})
	if err != nil {
		t.Fatal(err)
	}
	stepper, ok := op.Of(op.Of(y).Inputs()[1]).Operation().(op.Stepper)
	if !ok {
		t.Fatal("the mask has no steps")
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	run := func() (masks [2]string) {
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		for i, n := range []*gorgonia.Node{y, other} {
			for _, v := range n.Value().(*tensor.Dense).Float64s() {
				masks[i] += map[bool]string{true: "1", false: "0"}[v != 0]
			}
		}
		return masks
	}
	first, second := run(), run()
	if first[0] == second[0] {
		t.Error("two runs have the same mask")
	}
	if first[0] == first[1] {
		t.Error("two seeds have the same mask")
	}
	stepper.SetStep(0)
	if again := run(); again[0] != first[0] || again[1] == first[1] {
		t.Error("SetStep(0) does not bring back the first mask, and it alone")
	}
	if again := run(); again[0] != second[0] {
		t.Error("the run after SetStep(0) has not the second mask")
	}
}

func TestDropoutOfNothing(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithShape(3), gorgonia.WithName("x"))
	if y, err := Dropout(x, DropoutConfig{0, 1}); err != nil || y != x {
		t.Errorf("Dropout(x, 0) = %v, %v; want x", y, err)
	}
}

// TestGradOfDropout: by gorgonia.Grad, in a graph with Gorgonia's own
// operations, what was dropped gets no gradient and the rest 1/(1-p) times it.
func TestGradOfDropout(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float64](g, optest.X("x", 200))
	y := gorgonia.Must(Dropout(gorgonia.Must(gorgonia.Exp(x)), DropoutConfig{P: 0.25, Seed: 1}))
	grads, err := gorgonia.Grad(gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Square(y)))), x)
	if err != nil {
		t.Fatal(err)
	}
	var value, gradient gorgonia.Value
	gorgonia.Read(y, &value)
	gorgonia.Read(grads[0], &gradient)
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	dropped := 0
	for i, dx := range gradient.Data().([]float64) {
		v := value.Data().([]float64)[i]
		if v == 0 {
			dropped++
		}
		if want := 2 * v * v; math.Abs(dx-want) > 1e-12 { // y is m·exp(x)
			t.Errorf("gradient at %d is %v, want %v", i, dx, want)
		}
	}
	if dropped < 20 || dropped > 90 {
		t.Errorf("%d of 200 dropped", dropped)
	}
}

package optest

import (
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// scale multiplies by a; its derivative multiplies by da, which is wrong
// unless they are equal.
type scale struct {
	a, da float64
	name  string
}

func (s scale) Name() string                                  { return "scale" + s.name }
func (s scale) Attributes() string                            { return "" }
func (s scale) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }
func (s scale) Float32(a op.Args[float32]) error              { return times(a, s.a) }
func (s scale) Float64(a op.Args[float64]) error              { return times(a, s.a) }
func (s scale) Differentiate(_ gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	d, err := op.Apply(scale{s.da, s.da, "_grad"}, grad)
	return gorgonia.Nodes{d}, err
}

func times[T kernel.Float](a op.Args[T], v float64) error {
	for i, x := range a.In[0] {
		a.Out[i] = T(v) * x
	}
	return nil
}

func TestCheckTellsRightFromWrong(t *testing.T) {
	build := func(s scale) Build {
		return func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return op.Apply(s, in[0]) }
	}
	for _, shape := range [][]int{{}, {3}, {2, 1, 3}} {
		in := []Input{X("x", shape...)}
		for _, check := range []func(Build, []Input) error{check, checkGrad} {
			if err := check(build(scale{a: 3, da: 3}), in); err != nil {
				t.Errorf("%v: right derivative: %v", shape, err)
			}
			if check(build(scale{a: 3, da: 3.00001}), in) == nil {
				t.Errorf("%v: a wrong derivative passed", shape)
			}
		}
	}
}

func TestRun(t *testing.T) {
	r, err := Run[float32](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
		return op.Apply(scale{a: 2, da: 2}, in[0])
	}, []float64{1, 10}, Data("x", []float64{3, 4}, 2))
	if err != nil {
		t.Fatal(err)
	}
	if r.Y[0] != 6 || r.Y[1] != 8 || r.Grads[0][0] != 2 || r.Grads[0][1] != 20 {
		t.Errorf("got %v", r)
	}
}

// spoil writes into what it reads.
type spoil struct{}

func (spoil) Name() string                                  { return "spoil" }
func (spoil) Attributes() string                            { return "" }
func (spoil) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }
func (spoil) Float32(a op.Args[float32]) error              { a.In[0][0]++; return nil }
func (spoil) Float64(a op.Args[float64]) error              { a.In[0][0]++; return nil }

func TestRunSeesSpoiltInputs(t *testing.T) {
	_, err := Forward[float32](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
		return op.Apply(spoil{}, in[0])
	}, X("x", 3))
	if want := "optest: the run wrote into its input x"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

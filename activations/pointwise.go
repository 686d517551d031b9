package activations

import (
	"math"
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// pointwise is an activation that maps every element by itself, without
// learned parameters.
type pointwise struct {
	name string
	// setting is what act.A is called, empty where the function has none.
	setting string
	act     kernel.Act
	// fault is what is wrong with the setting; Apply and Lookup report it.
	fault string
}

var _ Activation = pointwise{}

// finite, notNegative and positive say what is wrong with a setting, or "".
func finite(setting string, v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return setting + " is " + number(v) + ", want a finite number"
	}
	return ""
}

func notNegative(setting string, v float64) string {
	if v < 0 {
		return setting + " is " + number(v) + ", want 0 or more"
	}
	return finite(setting, v)
}

func positive(setting string, v float64) string {
	if v <= 0 {
		return setting + " is " + number(v) + ", want more than 0"
	}
	return finite(setting, v)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (p pointwise) String() string {
	if p.setting == "" {
		return p.name
	}
	return p.name + ":" + number(p.act.A)
}

func (p pointwise) Parameters(int) []Parameter { return nil }

func (p pointwise) Pieces() int { return 1 }

func (p pointwise) Kernel() (kernel.Act, bool) { return p.act, p.fault == "" }

func (p pointwise) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if p.fault != "" {
		return nil, errors.Errorf("%s: %s", p.name, p.fault)
	}
	if err := noParameters(p, params); err != nil {
		return nil, err
	}
	return op.Apply(forward{p}, x)
}

// attributes are the setting in full.
func (p pointwise) attributes() string {
	if p.setting == "" {
		return ""
	}
	return p.setting + "=" + number(p.act.A)
}

// forward is the operation y = f(x).
type forward struct{ pointwise }

var (
	_ op.Differentiable = forward{}
	_ op.Overwriter     = forward{}
)

func (f forward) Name() string       { return f.name }
func (f forward) Attributes() string { return f.attributes() }
func (f forward) Overwrites() []int  { return []int{0} }

func (f forward) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }

func (f forward) Float32(a op.Args[float32]) error { return computeForward(f.act, a) }
func (f forward) Float64(a op.Args[float64]) error { return computeForward(f.act, a) }

func computeForward[T kernel.Float](f kernel.Act, a op.Args[T]) error {
	kernel.ActForward(f, a.In[0], a.Out)
	return nil
}

func (f forward) Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	from := in[0]
	if f.act.FromOutput() { // the input's memory is free once out is there
		from = out
	}
	dx, err := op.Apply(gradient(f), from, grad)
	return gorgonia.Nodes{dx}, err
}

// gradient is the operation dx = dy * f'(x) of x and dy, or of y and dy.
type gradient struct{ pointwise }

var (
	_ op.Operation  = gradient{}
	_ op.Overwriter = gradient{}
)

func (g gradient) Name() string       { return g.name + "_grad" }
func (g gradient) Attributes() string { return g.attributes() }
func (g gradient) Overwrites() []int  { return []int{1, 0} }

func (g gradient) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if !in[0].Eq(in[1]) {
		return nil, errors.Errorf("%s: gradient has shape %v, want %v like the input", g.Name(), in[1], in[0])
	}
	return in[0].Clone(), nil
}

func (g gradient) Float32(a op.Args[float32]) error { return computeGradient(g.pointwise, a) }
func (g gradient) Float64(a op.Args[float64]) error { return computeGradient(g.pointwise, a) }

func computeGradient[T kernel.Float](p pointwise, a op.Args[T]) error {
	if p.act.FromOutput() {
		kernel.ActBackwardFromOutput(p.act, a.In[0], a.In[1], a.Out)
	} else {
		kernel.ActBackward(p.act, a.In[0], a.In[1], a.Out)
	}
	return nil
}

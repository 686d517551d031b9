package ops

import (
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Activate is y = act(x), element by element. Without an activation it is x.
//
//	Input:  any shape
//	Output: the same
//
// It returns an error for a setting that the activation can't have.
func Activate(x *gorgonia.Node, act Act) (*gorgonia.Node, error) {
	if act == nil {
		if x == nil {
			return nil, errors.New("activate: input is nil")
		}
		return x, nil
	}
	k, err := resolve("", act)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(act.String(), ":")
	return op.Apply(activate{name, k}, x)
}

// activate is the operation y = f(x). It has the function's name.
type activate struct {
	name string
	act  kernel.Act
}

var (
	_ op.Differentiable = activate{}
	_ op.Overwriter     = activate{}
)

func (o activate) Name() string       { return o.name }
func (o activate) Attributes() string { return writeSetting(o.act) }
func (o activate) Overwrites() []int  { return []int{0} }

func (o activate) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }

func (o activate) Float32(a op.Args[float32]) error { return activateForward(o, a) }
func (o activate) Float64(a op.Args[float64]) error { return activateForward(o, a) }

// writeSetting is the setting in full, nothing for functions that have none.
func writeSetting(a kernel.Act) string {
	switch a.Kind {
	case kernel.ActLeakyReLU:
		return "slope=" + number(a.A)
	case kernel.ActELU, kernel.ActCELU:
		return "alpha=" + number(a.A)
	}
	return ""
}

func activateForward[T kernel.Float](o activate, a op.Args[T]) error {
	kernel.ActForward(o.act, a.In[0], a.Out)
	return nil
}

func (o activate) Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	from := in[0]
	if o.act.FromOutput() { // the input's memory is free once out is there
		from = out
	}
	dx, err := op.Apply(activateGrad(o), from, grad)
	return gorgonia.Nodes{dx}, err
}

// activateGrad is the operation dx = dy * f'(x) of x and dy, or of y and dy.
type activateGrad struct {
	name string
	act  kernel.Act
}

var _ op.Overwriter = activateGrad{}

func (o activateGrad) Name() string       { return o.name + "_grad" }
func (o activateGrad) Attributes() string { return writeSetting(o.act) }
func (o activateGrad) Overwrites() []int  { return []int{1, 0} }

func (o activateGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), wantShape(o.Name(), "gradient", in[1], in[0]...)
}

func (o activateGrad) Float32(a op.Args[float32]) error { return activateBackward(o, a) }
func (o activateGrad) Float64(a op.Args[float64]) error { return activateBackward(o, a) }

func activateBackward[T kernel.Float](o activateGrad, a op.Args[T]) error {
	if o.act.FromOutput() {
		kernel.ActBackwardFromOutput(o.act, a.In[0], a.In[1], a.Out)
	} else {
		kernel.ActBackward(o.act, a.In[0], a.In[1], a.Out)
	}
	return nil
}

package architectures_test

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// watchedReLU is a ReLU that remembers the nodes it was applied to, in the
// order of building, and whose masks can be forced: of the layer flips[i] the
// units listed pass what ReLU stops and stop what it passes.
//
//	f(x)  = x where (x > 0) differs from forced, else 0
//	f'(x) = 1 there, else 0
type watchedReLU struct {
	activations.Custom
	*watch
}

type watch struct {
	args  gorgonia.Nodes
	flips map[int][]int
}

var _ activations.Activation = watchedReLU{}

func (watchedReLU) String() string { return "relu" }

func (a watchedReLU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if len(params) > 0 {
		return nil, errors.New("relu has no parameters")
	}
	f := forcedReLU{layer: len(a.args), flips: a.flips[len(a.args)]}
	a.args = append(a.args, x)
	return op.Apply(f, x)
}

// forcedReLU computes one layer's ReLU, or with grad its derivative times the
// gradient that comes second.
type forcedReLU struct {
	layer int
	flips []int
	grad  bool
}

var _ op.Differentiable = forcedReLU{}

func (f forcedReLU) Name() string {
	if f.grad {
		return "forced_relu_grad"
	}
	return "forced_relu"
}

func (f forcedReLU) Attributes() string { return fmt.Sprintf("layer=%d flips=%v", f.layer, f.flips) }

func (f forcedReLU) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }
func (f forcedReLU) Float32(a op.Args[float32]) error              { return force(f, a) }
func (f forcedReLU) Float64(a op.Args[float64]) error              { return force(f, a) }

func force[T kernel.Float](f forcedReLU, a op.Args[T]) error {
	x := a.In[0]
	pass := x
	if f.grad {
		pass = a.In[1]
	}
	for i, v := range x {
		a.Out[i] = 0
		if v > 0 {
			a.Out[i] = pass[i]
		}
	}
	for _, i := range f.flips {
		a.Out[i] = pass[i] - a.Out[i]
	}
	return nil
}

func (f forcedReLU) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	f.grad = true
	dx, err := op.Apply(f, in[0], grad)
	return gorgonia.Nodes{dx}, err
}

package architectures_test

import (
	"fmt"
	"math"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// watchedReLU is a ReLU, or a ReLU6, that remembers the nodes it was applied to,
// in the order of building, and whose masks can be forced: of the layer flips[i]
// the units listed pass what ReLU stops and stop what it passes.
//
//	f(x)  = x where (0 < x < limit) differs from forced, else the nearer of 0 and limit
//	f'(x) = 1 there, else 0
type watchedReLU struct {
	activations.Custom
	*watch
}

type watch struct {
	args  gorgonia.Nodes
	flips map[int][]int
	limit float64 // infinite for ReLU
}

// limitOf is where an architecture's activation stops to rise.
func limitOf(a architectures.Architecture) float64 {
	if strings.HasPrefix(a.Name, "mobilenet_v2") {
		return 6
	}
	return math.Inf(1)
}

// passes reports whether a unit passes its argument, and how far that is from
// where it would switch.
func (w watch) passes(x float64) (pass bool, distance float64) {
	return x > 0 && x < w.limit, min(math.Abs(x), math.Abs(x-w.limit))
}

var _ activations.Activation = watchedReLU{}

func (watchedReLU) String() string { return "relu" }

func (a watchedReLU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if len(params) > 0 {
		return nil, errors.New("relu has no parameters")
	}
	f := forcedReLU{layer: len(a.args), flips: a.flips[len(a.args)], limit: a.limit}
	a.args = append(a.args, x)
	return op.Apply(f, x)
}

// forcedReLU computes one layer's ReLU, or with grad its derivative times the
// gradient that comes second.
type forcedReLU struct {
	layer int
	flips []int
	limit float64
	grad  bool
}

var _ op.Differentiable = forcedReLU{}

func (f forcedReLU) Name() string {
	if f.grad {
		return "forced_relu_grad"
	}
	return "forced_relu"
}

func (f forcedReLU) Attributes() string {
	return fmt.Sprintf("layer=%d flips=%v limit=%v", f.layer, f.flips, f.limit)
}

func (f forcedReLU) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }
func (f forcedReLU) Float32(a op.Args[float32]) error              { return force(f, a) }
func (f forcedReLU) Float64(a op.Args[float64]) error              { return force(f, a) }

func force[T kernel.Float](f forcedReLU, a op.Args[T]) error {
	x, limit := a.In[0], T(f.limit)
	pass := x
	if f.grad {
		pass = a.In[1]
	}
	stopped := func(v T) T { // what a unit gives that does not pass
		if f.grad || v < limit-v {
			return 0
		}
		return limit
	}
	for i, v := range x {
		if v > 0 && v < limit {
			a.Out[i] = pass[i]
		} else {
			a.Out[i] = stopped(v)
		}
	}
	for _, i := range f.flips {
		if v := x[i]; v > 0 && v < limit {
			a.Out[i] = stopped(v)
		} else {
			a.Out[i] = pass[i]
		}
	}
	return nil
}

func (f forcedReLU) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	f.grad = true
	dx, err := op.Apply(f, in[0], grad)
	return gorgonia.Nodes{dx}, err
}

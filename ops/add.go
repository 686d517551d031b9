package ops

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Add is the sum of any number of nodes of one shape, scalars included, in the
// order given. The sum of one node is that node.
//
//	Input:  x1, x2, ... of one shape
//	Output: the same
//
// It returns an error for no nodes and for shapes that differ.
func Add(x ...*gorgonia.Node) (*gorgonia.Node, error) {
	switch {
	case len(x) == 0:
		return nil, errors.New("add: no nodes to add")
	case len(x) == 1 && x[0] != nil:
		return x[0], nil
	}
	return op.Apply(add{}, x...)
}

type add struct{}

func (add) Name() string                                    { return "add" }
func (add) Attributes() string                              { return "" }
func (o add) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }
func (add) Float32(a op.Args[float32]) error                { return addUp(a) }
func (add) Float64(a op.Args[float64]) error                { return addUp(a) }
func (add) Overwrites() []int                               { return []int{0, 1} }

func addUp[T kernel.Float](a op.Args[T]) error {
	kernel.AddN(a.Out, a.In...)
	return nil
}

func (add) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	grads := make(gorgonia.Nodes, len(in))
	for i := range grads {
		grads[i] = grad
	}
	return grads, nil
}

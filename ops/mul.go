package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Mul is the elementwise product y = x1 * x2.
//
//	Input:  x1 and x2 of one shape
//	Output: the same
//
// It returns an error for shapes that differ.
func Mul(x1, x2 *gorgonia.Node) (*gorgonia.Node, error) { return op.Apply(mul{}, x1, x2) }

type mul struct{}

func (mul) Name() string                                    { return "mul" }
func (mul) Attributes() string                              { return "" }
func (o mul) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }
func (mul) Float32(a op.Args[float32]) error                { return multiplyElements(a) }
func (mul) Float64(a op.Args[float64]) error                { return multiplyElements(a) }
func (mul) Overwrites() []int                               { return []int{0, 1} }

func multiplyElements[T kernel.Float](a op.Args[T]) error {
	kernel.Mul(a.In[0], a.In[1], a.Out)
	return nil
}

func (mul) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	d1, err := op.Apply(mul{}, grad, in[1])
	if err != nil {
		return nil, err
	}
	d2, err := op.Apply(mul{}, grad, in[0])
	return gorgonia.Nodes{d1, d2}, err
}

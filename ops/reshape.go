package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Reshape gives a tensor another shape with the same elements in row-major
// order. One size may be -1: it follows from the others. Without sizes the
// result is a scalar. The result has memory of its own, unlike
// gorgonia.Reshape's, over which a later operation may write.
//
// It returns an error if the number of elements differs, and for a size below 1
// apart from one -1.
func Reshape(x *gorgonia.Node, shape ...int) (*gorgonia.Node, error) {
	return reshapeAs("reshape", x, shape)
}

func reshapeAs(name string, x *gorgonia.Node, shape []int) (*gorgonia.Node, error) {
	if x == nil {
		return nil, errors.Errorf("%s: input is nil", name)
	}
	to := append(tensor.Shape{}, shape...)
	open := -1
	for i, d := range to {
		switch {
		case d == -1 && open < 0:
			open, to[i] = i, 1
		case d <= 0:
			return nil, errors.Errorf("%s: shape %v: sizes must be at least 1, or -1 once", name, tensor.Shape(shape))
		}
	}
	rest, err := size.Product(to...)
	if err != nil {
		return nil, errors.WithMessagef(err, "%s: shape %v", name, tensor.Shape(shape))
	}
	if open >= 0 {
		total, err := size.Product(x.Shape()...)
		if err != nil {
			return nil, errors.WithMessagef(err, "%s: input", name)
		}
		if total%rest != 0 {
			return nil, errors.Errorf("%s: input %v has %d elements, shape %v does not divide them", name, x.Shape(), total, tensor.Shape(shape))
		}
		to[open] = total / rest
	}
	return op.Apply(reshape{name, to}, x)
}

type reshape struct {
	name string
	to   tensor.Shape
}

func (o reshape) Name() string       { return o.name }
func (o reshape) Attributes() string { return fmt.Sprintf("to=%v", []int(o.to)) }
func (o reshape) Shape(in []tensor.Shape) (tensor.Shape, error) {
	want, err := size.Product(o.to...)
	if err != nil {
		return nil, errors.WithMessagef(err, "%s: shape %v", o.name, o.to)
	}
	if want != in[0].TotalSize() {
		return nil, errors.Errorf("%s: input %v has %d elements, shape %v does not", o.name, in[0], in[0].TotalSize(), o.to)
	}
	return o.to.Clone(), nil
}
func (reshape) Float32(a op.Args[float32]) error { return copyAll(a) }
func (reshape) Float64(a op.Args[float64]) error { return copyAll(a) }
func (reshape) Overwrites() []int                { return []int{0} }

func copyAll[T kernel.Float](a op.Args[T]) error {
	if &a.Out[0] != &a.In[0][0] {
		copy(a.Out, a.In[0])
	}
	return nil
}

func (o reshape) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(reshape{o.name, in[0].Shape().Clone()}, grad)
	return gorgonia.Nodes{dx}, err
}

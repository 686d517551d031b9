package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// InnerProduct is the sum over all elements of the product,
//
//	y = sum of x * weights
//
// so that its derivative in x is the weights: what carries a gradient of one's
// choice back into a network. The weights are a constant: they get no
// derivative.
//
//	Input:  x and weights of one shape
//	Output: a scalar
func InnerProduct(x, weights *gorgonia.Node) (*gorgonia.Node, error) {
	return op.Apply(innerProduct{}, x, weights)
}

type innerProduct struct{}

func (innerProduct) Name() string       { return "inner_product" }
func (innerProduct) Attributes() string { return "" }

func (o innerProduct) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := positive(o.Name(), "input", in[0]); err != nil {
		return nil, err
	}
	return tensor.ScalarShape(), wantShape(o.Name(), "weights", in[1], in[0]...)
}

func (innerProduct) Float32(a op.Args[float32]) error { return innerForward(a) }
func (innerProduct) Float64(a op.Args[float64]) error { return innerForward(a) }

// innerForward adds up in float64: the parts may be many and of both signs.
func innerForward[T kernel.Float](a op.Args[T]) error {
	sum := 0.0
	for i, v := range a.In[0] {
		sum += float64(v) * float64(a.In[1][i])
	}
	a.Out[0] = T(sum)
	return nil
}

// Wrt has no derivative in the weights.
func (innerProduct) Wrt(int) []bool { return []bool{true, false} }

func (innerProduct) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(innerProductGrad{}, in[1], grad)
	return gorgonia.Nodes{dx, nil}, err
}

// innerProductGrad computes dx from the weights and the scalar dy.
type innerProductGrad struct{}

func (innerProductGrad) Name() string       { return "inner_product_grad" }
func (innerProductGrad) Attributes() string { return "" }

func (o innerProductGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), wantShape(o.Name(), "gradient", in[1])
}

func (innerProductGrad) Float32(a op.Args[float32]) error { return innerBackward(a) }
func (innerProductGrad) Float64(a op.Args[float64]) error { return innerBackward(a) }
func (innerProductGrad) Overwrites() []int                { return []int{0} }

func innerBackward[T kernel.Float](a op.Args[T]) error {
	dy := a.In[1][0]
	for i, w := range a.In[0] {
		a.Out[i] = dy * w
	}
	return nil
}

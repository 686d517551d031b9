package ops

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/tensor"
)

// batchNormReduce computes the sums that all of batch norm's derivatives
// share, dweight and dbias, as the rows of a (2, C) matrix. It reads x, mean,
// variance, perhaps weight and bias, and dy.
type batchNormReduce struct {
	norm   batchNorm
	affine bool
}

// gradAttributes keeps the derivatives' nodes apart from each other's.
func (o batchNorm) gradAttributes(affine bool) string {
	return fmt.Sprintf("%s affine=%t", o.Attributes(), affine)
}

// gradShape checks the operands of a derivative and returns x's shape.
func (o batchNorm) gradShape(name string, in []tensor.Shape, affine bool) (tensor.Shape, error) {
	operands := 3
	if affine {
		operands = 5
	}
	x, err := o.Shape(in[:operands])
	if err != nil {
		return nil, err
	}
	return x, wantShape(name, "gradient", in[operands], x...)
}

func (batchNormReduce) Name() string         { return "batch_norm_reduce" }
func (o batchNormReduce) Attributes() string { return o.norm.gradAttributes(o.affine) }
func (o batchNormReduce) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x, err := o.norm.gradShape(o.Name(), in, o.affine)
	if err != nil {
		return nil, err
	}
	return tensor.Shape{2, x[1]}, nil
}
func (o batchNormReduce) Float32(a op.Args[float32]) error { return normReduce(o, a) }
func (o batchNormReduce) Float64(a op.Args[float64]) error { return normReduce(o, a) }

func normReduce[T kernel.Float](o batchNormReduce, a op.Args[T]) error {
	n, c, hw := layout(a.Shapes[0])
	weight, bias := affine(a.In, o.affine)
	dy := a.In[len(a.In)-1]
	kernel.BatchNormBackwardReduce(n, c, hw, a.In[0], a.In[1], a.In[2], weight, bias, dy, o.norm.eps, o.norm.act, a.Out[:c], a.Out[c:])
	return nil
}

// batchNormInputGrad computes dx from the operands of batchNormReduce and, in
// training, its result.
type batchNormInputGrad struct {
	norm   batchNorm
	affine bool
}

func (batchNormInputGrad) Name() string         { return "batch_norm_input_grad" }
func (o batchNormInputGrad) Attributes() string { return o.norm.gradAttributes(o.affine) }
func (o batchNormInputGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return o.norm.gradShape(o.Name(), in, o.affine)
}
func (o batchNormInputGrad) Float32(a op.Args[float32]) error { return normInputGrad(o, a) }
func (o batchNormInputGrad) Float64(a op.Args[float64]) error { return normInputGrad(o, a) }

// Overwrites dy or x.
func (o batchNormInputGrad) Overwrites() []int {
	if o.affine {
		return []int{5, 0}
	}
	return []int{3, 0}
}

func normInputGrad[T kernel.Float](o batchNormInputGrad, a op.Args[T]) error {
	n, c, hw := layout(a.Shapes[0])
	weight, bias := affine(a.In, o.affine)
	dy := a.In[3]
	if o.affine {
		dy = a.In[5]
	}
	var dweight, dbias []T
	if o.norm.training {
		sums := a.In[len(a.In)-1]
		dweight, dbias = sums[:c], sums[c:]
	}
	kernel.BatchNormBackwardInput(n, c, hw, a.In[0], a.In[1], a.In[2], weight, bias, dy, dweight, dbias, o.norm.eps, o.norm.act, o.norm.training, a.Out)
	return nil
}

package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Softmax makes probabilities of each row, y[i] = exp(x[i]) / sum of exp(x[j]),
// without overflow at any size of x.
//
//	Input:  (N, classes)
//	Output: the same; rows sum to 1
//
// Bridle 1990, Probabilistic Interpretation of Feedforward Classification
// Network Outputs.
func Softmax(x *gorgonia.Node) (*gorgonia.Node, error) { return op.Apply(softmax{}, x) }

type softmax struct{}

func (softmax) Name() string       { return "softmax" }
func (softmax) Attributes() string { return "" }
func (o softmax) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), wantDims(o.Name(), "input", in[0], "(N, classes)", 2)
}
func (softmax) Float32(a op.Args[float32]) error { return softmaxForward(a) }
func (softmax) Float64(a op.Args[float64]) error { return softmaxForward(a) }
func (softmax) Overwrites() []int                { return []int{0} }

func softmaxForward[T kernel.Float](a op.Args[T]) error {
	kernel.SoftmaxRows(a.OutShape[0], a.OutShape[1], a.In[0], a.Out)
	return nil
}

func (softmax) Differentiate(_ gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(softmaxGrad{}, out, grad)
	return gorgonia.Nodes{dx}, err
}

// softmaxGrad computes dx = y * (dy - sum of y*dy) from y and dy.
type softmaxGrad struct{}

func (softmaxGrad) Name() string                                    { return "softmax_grad" }
func (softmaxGrad) Attributes() string                              { return "" }
func (o softmaxGrad) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }
func (softmaxGrad) Float32(a op.Args[float32]) error                { return softmaxBackward(a) }
func (softmaxGrad) Float64(a op.Args[float64]) error                { return softmaxBackward(a) }
func (softmaxGrad) Overwrites() []int                               { return []int{1} }

func softmaxBackward[T kernel.Float](a op.Args[T]) error {
	kernel.SoftmaxRowsBackward(a.OutShape[0], a.OutShape[1], a.In[0], a.In[1], a.Out)
	return nil
}

package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// LogSoftmax is the logarithm of Softmax, y[i] = x[i] - log(sum of exp(x[j])),
// accurate where a probability is too small for a number of its own.
//
//	Input:  (N, classes)
//	Output: the same
func LogSoftmax(x *gorgonia.Node) (*gorgonia.Node, error) { return op.Apply(logSoftmax{}, x) }

type logSoftmax struct{}

func (logSoftmax) Name() string       { return "log_softmax" }
func (logSoftmax) Attributes() string { return "" }
func (o logSoftmax) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), wantDims(o.Name(), "input", in[0], "(N, classes)", 2)
}
func (logSoftmax) Float32(a op.Args[float32]) error { return logSoftmaxForward(a) }
func (logSoftmax) Float64(a op.Args[float64]) error { return logSoftmaxForward(a) }
func (logSoftmax) Overwrites() []int                { return []int{0} }

func logSoftmaxForward[T kernel.Float](a op.Args[T]) error {
	kernel.LogSoftmaxRows(a.OutShape[0], a.OutShape[1], a.In[0], a.Out)
	return nil
}

func (logSoftmax) Differentiate(_ gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(logSoftmaxGrad{}, out, grad)
	return gorgonia.Nodes{dx}, err
}

// logSoftmaxGrad computes dx = dy - exp(y) * sum of dy from y and dy.
type logSoftmaxGrad struct{}

func (logSoftmaxGrad) Name() string       { return "log_softmax_grad" }
func (logSoftmaxGrad) Attributes() string { return "" }
func (o logSoftmaxGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return sameShapes(o.Name(), in)
}
func (logSoftmaxGrad) Float32(a op.Args[float32]) error { return logSoftmaxBackward(a) }
func (logSoftmaxGrad) Float64(a op.Args[float64]) error { return logSoftmaxBackward(a) }
func (logSoftmaxGrad) Overwrites() []int                { return []int{1} }

func logSoftmaxBackward[T kernel.Float](a op.Args[T]) error {
	kernel.LogSoftmaxRowsBackward(a.OutShape[0], a.OutShape[1], a.In[0], a.In[1], a.Out)
	return nil
}

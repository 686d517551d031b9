package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// SoftCrossEntropy is the mean over samples of the cross-entropy between
// softmax probabilities p and target probabilities q, such as those of mixed
// images or of another network,
//
//	loss = -mean over n of: sum over c of w[c] * ((1 - smoothing)*q[n,c] + smoothing/classes) * log p[n,c]
//
// with class weights w (1 without). It takes logits, not probabilities, and
// does not overflow at any size. The targets are constants: they get no
// derivative. Without smoothing, a row of q that adds up to s instead of 1
// counts s times.
//
//	Input:  logits and probabilities (N, classes)
//	Output: a scalar
//
// It returns an error for shapes that do not fit, a smoothing outside [0, 1]
// and weights that are none.
//
// Zhang et al. 2017, mixup: Beyond Empirical Risk Minimization,
// arXiv 1710.09412; Hinton et al. 2015, Distilling the Knowledge in a Neural
// Network, arXiv 1503.02531.
func SoftCrossEntropy(logits, probabilities *gorgonia.Node, cfg CrossEntropyConfig) (*gorgonia.Node, error) {
	return op.Apply(softCrossEntropy{cfg.loss()}, logits, probabilities)
}

type softCrossEntropy struct{ classLoss }

func (softCrossEntropy) Name() string { return "soft_cross_entropy" }

func (o softCrossEntropy) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := o.check(o.Name(), in[0]); err != nil {
		return nil, err
	}
	return tensor.ScalarShape(), wantShape(o.Name(), "probabilities", in[1], in[0]...)
}

func (o softCrossEntropy) Float32(a op.Args[float32]) error { return softLossForward(o, a) }
func (o softCrossEntropy) Float64(a op.Args[float64]) error { return softLossForward(o, a) }

func softLossForward[T kernel.Float](o softCrossEntropy, a op.Args[T]) error {
	rows, cols := a.Shapes[0][0], a.Shapes[0][1]
	a.Out[0] = T(kernel.CrossEntropyOf(rows, cols, a.In[0], targets(o.classLoss, nil, a.In[1])) / float64(rows))
	return nil
}

// Wrt has no derivative in the targets.
func (softCrossEntropy) Wrt(int) []bool { return []bool{true, false} }

func (o softCrossEntropy) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(softCrossEntropyGrad(o), in[0], in[1], grad)
	return gorgonia.Nodes{dx, nil}, err
}

// softCrossEntropyGrad computes dlogits from logits, probabilities and the
// scalar dy.
type softCrossEntropyGrad struct{ classLoss }

func (softCrossEntropyGrad) Name() string { return "soft_cross_entropy_grad" }

func (o softCrossEntropyGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantShape(o.Name(), "probabilities", in[1], in[0]...); err != nil {
		return nil, err
	}
	return in[0].Clone(), wantShape(o.Name(), "gradient", in[2])
}

func (o softCrossEntropyGrad) Float32(a op.Args[float32]) error { return softLossBackward(o, a) }
func (o softCrossEntropyGrad) Float64(a op.Args[float64]) error { return softLossBackward(o, a) }
func (softCrossEntropyGrad) Overwrites() []int                  { return []int{0} }

func softLossBackward[T kernel.Float](o softCrossEntropyGrad, a op.Args[T]) error {
	rows, cols := a.Shapes[0][0], a.Shapes[0][1]
	kernel.CrossEntropyOfBackward(rows, cols, a.In[0], targets(o.classLoss, nil, a.In[1]), float64(a.In[2][0])/float64(rows), a.Out)
	return nil
}

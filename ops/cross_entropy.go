package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// CrossEntropyConfig configures CrossEntropy and SoftCrossEntropy.
type CrossEntropyConfig struct {
	// Smoothing, in [0, 1], is the part of each target that goes to all
	// classes alike.
	Smoothing float64
	// ClassWeights has one weight a class, at least 0 and not all 0; nil means
	// 1 for each.
	ClassWeights []float64
}

// CrossEntropy is the mean over samples of the cross-entropy between softmax
// probabilities p and a smoothed label,
//
//	loss = mean over n of: -(1 - smoothing) * log p[n, label[n]] - smoothing/classes * sum over c of log p[n,c]
//
// It takes logits, not probabilities, and does not overflow at any size. With
// class weights w every logarithm is multiplied by its class's weight and the
// mean is the weighted one, sum of the losses / sum of w[label[n]]; a batch
// whose labels all weigh 0 has the loss 0.
//
//	Input:  logits (N, classes), labels (N) of type tensor.Int in [0, classes)
//	Output: a scalar
//
// It returns an error for shapes that do not fit, labels of another type, a
// smoothing outside [0, 1] and weights that are none; a run returns one for a
// label out of range.
//
// Szegedy et al. 2015, Rethinking the Inception Architecture for Computer
// Vision, arXiv 1512.00567, section 7 (label smoothing).
func CrossEntropy(logits, labels *gorgonia.Node, cfg CrossEntropyConfig) (*gorgonia.Node, error) {
	return op.Apply(crossEntropy{cfg.loss()}, logits, labels)
}

// labelsInput is the input of labels.
const labelsInput = 1

// classLoss holds the settings that the losses over classes share.
type classLoss struct {
	smoothing float64
	weights   []float64
}

func (cfg CrossEntropyConfig) loss() classLoss {
	return classLoss{cfg.Smoothing, append([]float64(nil), cfg.ClassWeights...)}
}

func (l classLoss) Attributes() string {
	if l.weights == nil {
		return fmt.Sprintf("smoothing=%v", l.smoothing)
	}
	return fmt.Sprintf("smoothing=%v weights=%v", l.smoothing, l.weights)
}

// check refuses logits and settings that don't fit.
func (l classLoss) check(op string, logits tensor.Shape) error {
	if err := wantDims(op, "logits", logits, "(N, classes)", 2); err != nil {
		return err
	}
	if !(l.smoothing >= 0 && l.smoothing <= 1) {
		return errors.Errorf("%s: smoothing = %v, want 0 to 1", op, l.smoothing)
	}
	return checkWeights(op, "class weights", l.weights, logits[1])
}

// targets describes labels (Int) or probabilities to the kernel.
func targets[T kernel.Float](l classLoss, labels []int, probabilities []T) kernel.ClassTargets[T] {
	return kernel.ClassTargets[T]{Labels: labels, Probabilities: probabilities, Weights: l.weights, Smoothing: l.smoothing}
}

type crossEntropy struct{ classLoss }

func (crossEntropy) Name() string         { return "cross_entropy" }
func (crossEntropy) TakesInts(i int) bool { return i == labelsInput }

func (o crossEntropy) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := o.check(o.Name(), in[0]); err != nil {
		return nil, err
	}
	return tensor.ScalarShape(), wantShape(o.Name(), "labels", in[1], in[0][0])
}

func (o crossEntropy) Float32(a op.Args[float32]) error { return lossForward(o, a) }
func (o crossEntropy) Float64(a op.Args[float64]) error { return lossForward(o, a) }

// lossForward lets the scalar's memory hold each sample's loss in turn.
func lossForward[T kernel.Float](o crossEntropy, a op.Args[T]) error {
	rows, cols, err := labelled(a)
	if err != nil {
		return err
	}
	if o.weights != nil {
		a.Out[0] = 0
		if total := o.total(a.Ints[labelsInput]); total > 0 {
			a.Out[0] = T(kernel.CrossEntropyOf(rows, cols, a.In[0], targets[T](o.classLoss, a.Ints[labelsInput], nil)) / total)
		}
		return nil
	}
	sum := 0.0
	for i := range rows {
		kernel.CrossEntropyForward(1, cols, a.In[0][i*cols:(i+1)*cols], a.Ints[labelsInput][i:i+1], o.smoothing, a.Out)
		sum += float64(a.Out[0])
	}
	a.Out[0] = T(sum / float64(rows))
	return nil
}

// total is the sum of the labels' weights.
func (l classLoss) total(labels []int) float64 {
	sum := 0.0
	for _, c := range labels {
		sum += l.weights[c]
	}
	return sum
}

func labelled[T kernel.Float](a op.Args[T]) (rows, cols int, err error) {
	rows, cols = a.Shapes[0][0], a.Shapes[0][1]
	for i, l := range a.Ints[labelsInput] {
		if l < 0 || l >= cols {
			return 0, 0, errors.Errorf("label of sample %d is %d, want 0 to %d", i, l, cols-1)
		}
	}
	return rows, cols, nil
}

// Wrt has no derivative in the labels.
func (crossEntropy) Wrt(int) []bool { return []bool{true, false} }

func (o crossEntropy) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(crossEntropyGrad(o), in[0], in[1], grad)
	return gorgonia.Nodes{dx, nil}, err
}

// crossEntropyGrad computes dlogits from logits, labels and the scalar dy.
type crossEntropyGrad struct{ classLoss }

func (crossEntropyGrad) Name() string         { return "cross_entropy_grad" }
func (crossEntropyGrad) TakesInts(i int) bool { return i == labelsInput }
func (o crossEntropyGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), wantShape(o.Name(), "gradient", in[2])
}
func (o crossEntropyGrad) Float32(a op.Args[float32]) error { return lossBackward(o, a) }
func (o crossEntropyGrad) Float64(a op.Args[float64]) error { return lossBackward(o, a) }
func (crossEntropyGrad) Overwrites() []int                  { return []int{0} }

func lossBackward[T kernel.Float](o crossEntropyGrad, a op.Args[T]) error {
	rows, cols, err := labelled(a)
	if err != nil {
		return err
	}
	if o.weights != nil {
		total := o.total(a.Ints[labelsInput])
		if total <= 0 {
			clear(a.Out)
			return nil
		}
		kernel.CrossEntropyOfBackward(rows, cols, a.In[0], targets[T](o.classLoss, a.Ints[labelsInput], nil), float64(a.In[2][0])/total, a.Out)
		return nil
	}
	kernel.CrossEntropyBackward(rows, cols, a.In[0], a.Ints[labelsInput], o.smoothing, a.In[2][0]/T(rows), a.Out)
	return nil
}

package graph

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

var (
	_ Loss = CrossEntropy{}
	_ Loss = SoftCrossEntropy{}
	_ Loss = BinaryCrossEntropy{}
	_ Loss = MeanSquared{}
	_ Loss = MeanAbsolute{}
	_ Loss = Huber{}
	_ Loss = Weighted{}
)

// CrossEntropy is the mean cross-entropy between the softmax of the output
// (N, classes) and labels (N). With Smoothing s the target is 1-s at the label
// plus s/classes everywhere (Szegedy et al. 2016, arXiv 1512.00567, section 7).
// ops.CrossEntropy has the formula.
type CrossEntropy struct {
	Smoothing float64 // 0 to 1
	// ClassWeights count a sample by its label's weight: one a class, at least
	// 0. nil means 1. The mean is the weighted one.
	ClassWeights []float64
}

// TargetKind is ClassLabels.
func (CrossEntropy) TargetKind() TargetKind { return ClassLabels }

// Build adds the loss to the graph.
func (l CrossEntropy) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.CrossEntropy(output, target, ops.CrossEntropyConfig{Smoothing: l.Smoothing, ClassWeights: l.ClassWeights})
}

// SoftCrossEntropy is the mean cross-entropy between the softmax of the output
// and target probabilities, both (N, classes): mixed images (Zhang et al. 2017,
// arXiv 1710.09412), another network's outputs (Hinton et al. 2015, arXiv
// 1503.02531). ops.SoftCrossEntropy has the formula.
type SoftCrossEntropy struct {
	Smoothing    float64   // 0 to 1: the share of the target that is spread evenly
	ClassWeights []float64 // multiply each class's share of the loss: one a class; nil means 1
}

// TargetKind is ClassProbabilities.
func (SoftCrossEntropy) TargetKind() TargetKind { return ClassProbabilities }

// Build adds the loss to the graph.
func (l SoftCrossEntropy) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.SoftCrossEntropy(output, target, ops.CrossEntropyConfig{Smoothing: l.Smoothing, ClassWeights: l.ClassWeights})
}

// BinaryCrossEntropy is the mean over samples and classes of the cross-entropy
// between the output's sigmoid and a yes or no, both (N, classes): each class by
// itself. ops.BinaryCrossEntropy has the formula.
type BinaryCrossEntropy struct {
	// PositiveWeights multiply the loss of targets that are yes, against classes
	// that are rarely so: one a class, or one for all. nil means 1.
	PositiveWeights []float64
}

// TargetKind is MultiLabel.
func (BinaryCrossEntropy) TargetKind() TargetKind { return MultiLabel }

// Build adds the loss to the graph.
func (l BinaryCrossEntropy) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.BinaryCrossEntropy(output, target, ops.BinaryCrossEntropyConfig{PositiveWeights: l.PositiveWeights})
}

// MeanSquared is the mean over all elements of (output - target)^2.
type MeanSquared struct{}

// TargetKind is RealValues.
func (MeanSquared) TargetKind() TargetKind { return RealValues }

// Build adds the loss to the graph.
func (MeanSquared) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.MeanSquared(output, target)
}

// MeanAbsolute is the mean over all elements of |output - target|.
type MeanAbsolute struct{}

// TargetKind is RealValues.
func (MeanAbsolute) TargetKind() TargetKind { return RealValues }

// Build adds the loss to the graph.
func (MeanAbsolute) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.MeanAbsolute(output, target)
}

// Huber is the mean over all elements of a loss that is quadratic in differences
// up to Delta and linear beyond (Huber 1964). ops.Huber has the formula.
type Huber struct {
	Delta float64 // 0 means 1
}

// TargetKind is RealValues.
func (Huber) TargetKind() TargetKind { return RealValues }

// Build adds the loss to the graph.
func (l Huber) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.Huber(output, target, ops.HuberConfig{Delta: l.Delta})
}

// Weighted is the sum over all elements of output * target. It is there for
// looking into a network, not for training one: its gradient is that of the
// outputs that the target picks, weighted by it, such as 1 at one class or at one
// place of a map. ops.InnerProduct has the formula.
type Weighted struct{}

// TargetKind is RealValues.
func (Weighted) TargetKind() TargetKind { return RealValues }

// Build adds the sum to the graph.
func (Weighted) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.InnerProduct(output, target)
}

package graph

import (
	"fmt"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// TargetKind says what a network is taught: what a loss compares its output
// with.
type TargetKind int

// The kinds of targets. N is the number of samples of a batch.
const (
	ClassLabels        TargetKind = iota // one class a sample: integers (N)
	ClassProbabilities                   // a distribution over the classes a sample: (N, classes)
	MultiLabel                           // any number of classes a sample, each yes or no: (N, classes)
	RealValues                           // real numbers of the output's own shape
)

// String names the kind: "class labels".
func (k TargetKind) String() string {
	switch k {
	case ClassLabels:
		return "class labels"
	case ClassProbabilities:
		return "class probabilities"
	case MultiLabel:
		return "multi-label"
	case RealValues:
		return "real values"
	}
	return fmt.Sprintf("target kind %d", int(k))
}

// Target is what a batch's outputs should be. Labels, Probabilities,
// MultiLabels and Values make one. The slice is read while a run begins and not
// kept.
type Target struct {
	Kind   TargetKind
	Labels []int     // of ClassLabels
	Values []float32 // of the other kinds, row-major
}

// Labels is a target of one class a sample, (N).
func Labels(labels []int) Target { return Target{Kind: ClassLabels, Labels: labels} }

// Probabilities is a target of one distribution over the classes a sample,
// (N, classes) row-major: soft labels, mixed images. Each row adds up to 1.
func Probabilities(p []float32) Target { return Target{Kind: ClassProbabilities, Values: p} }

// MultiLabels is a target of one yes (1) or no (0) for each class and sample,
// (N, classes) row-major. Values in between are allowed.
func MultiLabels(v []float32) Target { return Target{Kind: MultiLabel, Values: v} }

// Values is a target of real numbers in the output's own shape, row-major:
// regression, autoencoders, dense maps.
func Values(v []float32) Target { return Target{Kind: RealValues, Values: v} }

// shape of a target of that kind for an output of that shape.
func (k TargetKind) shape(output tensor.Shape, n int) (tensor.Shape, error) {
	switch k {
	case ClassLabels, ClassProbabilities, MultiLabel:
		if len(output) != 2 || output[0] != n {
			return nil, errors.Errorf("the output has shape %v, a loss of %v wants (%d, classes)", output, k, n)
		}
		if k == ClassLabels {
			return tensor.Shape{n}, nil
		}
		return output.Clone(), nil
	case RealValues:
		if len(output) == 0 {
			return nil, errors.Errorf("the output is a scalar, a loss of %v wants (N, ...)", k)
		}
		return output.Clone(), nil
	}
	return nil, errors.Errorf("the loss wants a %v, which is none", k)
}

// check holds a target to what the program was built for.
func (t Target) check(kind TargetKind, shape tensor.Shape, classes int) error {
	if t.Kind != kind {
		return errors.Errorf("the target is %v, this program's loss wants %v", t.Kind, kind)
	}
	want := shape.TotalSize()
	if kind == ClassLabels {
		if got := len(t.Labels); got != want {
			return errors.Errorf("%d labels, want %d", got, want)
		}
		for i, l := range t.Labels {
			if l < 0 || l >= classes {
				return errors.Errorf("label %d of sample %d is outside 0..%d", l, i, classes-1)
			}
		}
		return nil
	}
	if got := len(t.Values); got != want {
		return errors.Errorf("%d target values, want %d for shape %v", got, want, shape)
	}
	if kind == RealValues {
		return nil
	}
	for i := 0; i < want; i += classes {
		if err := checkRow(kind, t.Values[i:i+classes]); err != nil {
			return errors.WithMessagef(err, "sample %d", i/classes)
		}
	}
	return nil
}

// checkRow refuses what is no probability, and a distribution that does not add
// up to 1 within what float32 and mixing leave.
func checkRow(kind TargetKind, row []float32) error {
	const tolerance = 1e-3
	sum := 0.0
	for c, v := range row {
		if !(v >= 0 && v <= 1+tolerance) {
			return errors.Errorf("the target of class %d is %v, want 0 to 1", c, v)
		}
		sum += float64(v)
	}
	if kind == ClassProbabilities && math.Abs(sum-1) > tolerance {
		return errors.Errorf("the probabilities add up to %.4g, want 1", sum)
	}
	return nil
}

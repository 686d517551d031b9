package randomnet

import (
	"math/rand/v2"

	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// lossNames in the order in which they are drawn.
var lossNames = []string{
	"", "cross entropy", "weighted cross entropy", "soft cross entropy", "binary cross entropy", "mean squared", "mean absolute", "huber", "gorgonia",
}

// lossNamed is the loss of that name, with weights for as many classes as it
// finds. It remembers the shape of the output that it was built on first.
type lossNamed struct {
	name   string
	output tensor.Shape
}

func (l *lossNamed) TargetKind() graph.TargetKind { return l.of(0).TargetKind() }

func (l *lossNamed) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	s := output.Shape()
	if l.output == nil {
		l.output = s
	}
	return l.of(s[len(s)-1]).Build(output, target)
}

func (l *lossNamed) of(classes int) graph.Loss {
	weights := make([]float64, classes)
	for i := range weights {
		weights[i] = 0.5 + float64(i)
	}
	switch l.name {
	case "cross entropy":
		return graph.CrossEntropy{Smoothing: 0.1}
	case "weighted cross entropy":
		return graph.CrossEntropy{ClassWeights: weights}
	case "soft cross entropy":
		return graph.SoftCrossEntropy{Smoothing: 0.2, ClassWeights: weights}
	case "binary cross entropy":
		return graph.BinaryCrossEntropy{PositiveWeights: weights}
	case "mean squared":
		return graph.MeanSquared{}
	case "mean absolute":
		return graph.MeanAbsolute{}
	case "huber":
		return graph.Huber{Delta: 0.5}
	case "gorgonia":
		return graph.LossFunc{Kind: graph.RealValues, Func: meanSquareOfGorgonia}
	}
	return graph.CrossEntropy{}
}

func meanSquareOfGorgonia(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	d, err := gorgonia.Sub(output, target)
	if err != nil {
		return nil, err
	}
	if d, err = gorgonia.Square(d); err != nil {
		return nil, err
	}
	return gorgonia.Mean(d)
}

// target draws what a loss of that kind wants for an output of that shape.
func target(r *rand.Rand, kind graph.TargetKind, output tensor.Shape) graph.Target {
	n, classes := output[0], output[len(output)-1]
	if kind == graph.ClassLabels {
		labels := make([]int, n)
		for i := range labels {
			labels[i] = r.IntN(classes)
		}
		return graph.Labels(labels)
	}
	v := make([]float32, output.TotalSize())
	for i := range v {
		v[i] = r.Float32()
	}
	switch kind {
	case graph.ClassProbabilities:
		for i := 0; i < len(v); i += classes {
			sum := float32(0)
			for _, p := range v[i : i+classes] {
				sum += p
			}
			for j := range classes {
				v[i+j] /= sum
			}
		}
		return graph.Probabilities(v)
	case graph.MultiLabel:
		return graph.MultiLabels(v)
	}
	return graph.Values(v)
}

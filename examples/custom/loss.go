package main

import (
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Brier is a loss: the squared distance between the softmax p of the output and
// target probabilities q,
//
//	loss = mean over n of: sum over c of (p[n,c] - q[n,c])^2
//
// (Brier 1950, Verification of Forecasts Expressed in Terms of Probability).
type Brier struct{}

// TargetKind says what the loss compares with.
func (Brier) TargetKind() graph.TargetKind { return graph.ClassProbabilities }

// Build adds the loss to the graph, of operations that have a derivative. The
// target's node has the output's shape.
func (Brier) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	p, err := ops.Softmax(output)
	if err != nil {
		return nil, err
	}
	mean, err := ops.MeanSquared(p, target) // over samples and classes
	if err != nil {
		return nil, err
	}
	return ops.WeightedSum([]*gorgonia.Node{mean}, []float64{float64(output.Shape()[1])})
}

var _ graph.Loss = Brier{}

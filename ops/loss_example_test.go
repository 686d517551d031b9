package ops_test

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Two classes of equal logits: whatever the target, half the probability is
// off, log 2.
func ExampleSoftCrossEntropy() {
	g := gorgonia.NewGraph()
	logits := input(g, "logits", []float64{3, 3}, 1, 2)
	mixed := input(g, "mixed", []float64{0.7, 0.3}, 1, 2)
	show(ops.SoftCrossEntropy(logits, mixed, ops.CrossEntropyConfig{}))
	// Output: () 0.6931471805599453
}

// A missed positive counts three times.
func ExampleBinaryCrossEntropy() {
	g := gorgonia.NewGraph()
	logits := input(g, "logits", []float64{0, 0}, 1, 2)
	targets := input(g, "targets", []float64{1, 0}, 1, 2)
	show(ops.BinaryCrossEntropy(logits, targets, ops.BinaryCrossEntropyConfig{PositiveWeights: []float64{3}}))
	// Output: () 1.3862943611198906
}

func ExampleMeanSquared() {
	g := gorgonia.NewGraph()
	show(ops.MeanSquared(input(g, "x", []float64{1, 5}, 2), input(g, "target", []float64{2, 2}, 2)))
	// Output: () 5
}

func ExampleMeanAbsolute() {
	g := gorgonia.NewGraph()
	show(ops.MeanAbsolute(input(g, "x", []float64{1, 5}, 2), input(g, "target", []float64{2, 2}, 2)))
	// Output: () 2
}

func ExampleHuber() {
	g := gorgonia.NewGraph()
	show(ops.Huber(input(g, "x", []float64{1, 5}, 2), input(g, "target", []float64{2, 2}, 2), ops.HuberConfig{}))
	// Output: () 1.5
}

func ExampleInnerProduct() {
	g := gorgonia.NewGraph()
	show(ops.InnerProduct(input(g, "x", []float64{1, 5}, 2), input(g, "weights", []float64{2, 3}, 2)))
	// Output: () 17
}

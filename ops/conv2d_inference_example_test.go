package ops_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// A batch norm that scales by 4/sqrt(3 + 1) and shifts by 1, and a residual sum, as part of the
// convolution.
func ExampleConv2DInference() {
	g := gorgonia.NewGraph()
	kernel := input(g, "kernel", []float64{1, -1, 0.5, 0}, 1, 1, 2, 2)
	scale, shift := input(g, "scale", []float64{4}, 1), input(g, "shift", []float64{1}, 1)
	mean, variance := input(g, "mean", []float64{0}, 1), input(g, "variance", []float64{3}, 1)
	w, b, err := ops.BatchNormFold(kernel, nil, ops.BatchNormNodes{Weight: scale, Bias: shift, Mean: mean, Variance: variance}, ops.BatchNormConfig{Eps: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	sum := input(g, "sum", []float64{0, 10, 20, 30}, 1, 1, 2, 2)
	show(ops.Conv2DInference(image(g), w, b, ops.Conv2DInferenceConfig{Conv2DConfig: ops.Conv2DConfig{Stride: [2]int{2, 2}}, Sum: sum}))
	// Output: (1, 1, 2, 2) [4 16 32 44]
}

// The norm divides by sqrt(3 + 1) and multiplies by 4: twice the weights.
func ExampleBatchNormFold() {
	g := gorgonia.NewGraph()
	weight := input(g, "weight", []float64{1, 2}, 1, 2)
	scale, shift := input(g, "scale", []float64{4}, 1), input(g, "shift", []float64{0.5}, 1)
	mean, variance := input(g, "mean", []float64{1}, 1), input(g, "variance", []float64{3}, 1)
	w, b, err := ops.BatchNormFold(weight, nil, ops.BatchNormNodes{Weight: scale, Bias: shift, Mean: mean, Variance: variance}, ops.BatchNormConfig{Eps: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(w, nil)
	fmt.Println(b.Shape(), b.Value().Data())
	// Output:
	// (1, 2) [2 4]
	// (1) [-1.5]
}

package ops_test

import (
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// quantize rounds to whole multiples of a step. Its gradient is that of the
// identity, the straight-through estimator (Bengio, Léonard and Courville 2013,
// arXiv:1308.3432).
type quantize struct{ Step float64 }

func (quantize) Name() string { return "quantize" }

func (quantize) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }

func (q quantize) Float32(o ops.Operands[float32]) error { return quantizeAll(q, o) }
func (q quantize) Float64(o ops.Operands[float64]) error { return quantizeAll(q, o) }

// Overwrites lets the result take the input's memory.
func (quantize) Overwrites() []int { return []int{0} }

func (quantize) Differentiate(_ gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	return gorgonia.Nodes{grad}, nil
}

func quantizeAll[T float32 | float64](q quantize, o ops.Operands[T]) error {
	for i, x := range o.In[0] {
		o.Out[i] = T(q.Step * math.RoundToEven(float64(x)/q.Step))
	}
	return nil
}

var (
	_ ops.Differentiable = quantize{}
	_ ops.Overwriter     = quantize{}
)

// An operation of one's own, between Gorgonia's.
func ExampleApply() {
	g := gorgonia.NewGraph()
	x := input(g, "x", []float64{0.1, 0.3, -0.8}, 3)
	y, err := ops.Apply(quantize{Step: 0.25}, x)
	show(y, err)
	if err != nil {
		return
	}
	loss := gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Square(y))))
	grads, err := gorgonia.Grad(loss, x)
	if err != nil {
		fmt.Println(err)
		return
	}
	show(grads[0], nil)
	// Output:
	// (3) [0 0.25 -0.75]
	// (3) [0 0.5 -1.5]
}

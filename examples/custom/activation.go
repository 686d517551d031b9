package main

import (
	"math"

	"github.com/stheno-ml/stheno/activations"
	"gorgonia.org/gorgonia"
)

// Snake is an activation made of a function of one number and its derivative:
//
//	f(x)  = x + sin(x)^2
//	f'(x) = 1 + sin(2x)
//
// It suits what repeats itself (Ziyin, Hartwig and Ueda 2020, arXiv:2006.08195).
// A Pointwise is used by its address and never copied.
var Snake = &activations.Pointwise{
	Name: "snake",
	Func: func(x float64) float64 {
		s := math.Sin(x)
		return x + s*s
	},
	Derivative: func(x float64) float64 { return 1 + math.Sin(2*x) },
}

// TanhShrink is an activation put together from operations that are there, here
// Gorgonia's: f(x) = x - tanh(x). Embedding activations.Custom leaves two
// methods to write. The derivative follows from those of the parts.
type TanhShrink struct{ activations.Custom }

// String is the name.
func (TanhShrink) String() string { return "tanh_shrink" }

// Apply adds f(x) to x's graph.
func (TanhShrink) Apply(x *gorgonia.Node, _ ...*gorgonia.Node) (*gorgonia.Node, error) {
	t, err := gorgonia.Tanh(x)
	if err != nil {
		return nil, err
	}
	return gorgonia.Sub(x, t)
}

var _ activations.Activation = TanhShrink{}

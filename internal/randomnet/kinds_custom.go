package randomnet

import (
	"math"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// mirror turns the last axis round; its derivative does so too.
type mirror struct{}

var _ ops.Differentiable = mirror{}

func (mirror) Name() string                                  { return "mirror" }
func (mirror) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }
func (mirror) Float32(o ops.Operands[float32]) error         { return turnRound(o) }
func (mirror) Float64(o ops.Operands[float64]) error         { return turnRound(o) }

func (mirror) Differentiate(_ gorgonia.Nodes, _, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := ops.Apply(mirror{}, dy)
	return gorgonia.Nodes{dx}, err
}

func turnRound[T float32 | float64](o ops.Operands[T]) error {
	width := o.OutShape[len(o.OutShape)-1]
	for i, v := range o.In[0] {
		row := i - i%width
		o.Out[row+width-1-i%width] = v
	}
	return nil
}

// blend is A*x1 + (1-A)*x2, which may be written over either.
type blend struct{ A float64 }

var (
	_ ops.Differentiable = blend{}
	_ ops.Overwriter     = blend{}
)

func (blend) Name() string                                  { return "blend" }
func (blend) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }
func (b blend) Float32(o ops.Operands[float32]) error       { return blendAll(b.A, o) }
func (b blend) Float64(o ops.Operands[float64]) error       { return blendAll(b.A, o) }
func (blend) Overwrites() []int                             { return []int{1, 0} }

func (b blend) Differentiate(_ gorgonia.Nodes, _, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	grads := make(gorgonia.Nodes, 2)
	for i, a := range []float64{b.A, 1 - b.A} {
		var err error
		if grads[i], err = ops.Apply(scaled{a}, dy); err != nil {
			return nil, err
		}
	}
	return grads, nil
}

func blendAll[T float32 | float64](a float64, o ops.Operands[T]) error {
	for i, x := range o.In[0] {
		o.Out[i] = T(a)*x + T(1-a)*o.In[1][i]
	}
	return nil
}

// scaled is A*x, without a derivative.
type scaled struct{ A float64 }

func (scaled) Name() string                                  { return "scaled" }
func (scaled) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }
func (s scaled) Float32(o ops.Operands[float32]) error       { return scaleAll(s.A, o) }
func (s scaled) Float64(o ops.Operands[float64]) error       { return scaleAll(s.A, o) }
func (scaled) Overwrites() []int                             { return []int{0} }

func scaleAll[T float32 | float64](a float64, o ops.Operands[T]) error {
	for i, x := range o.In[0] {
		o.Out[i] = T(a) * x
	}
	return nil
}

var snake = &activations.Pointwise{
	Name:       "snake",
	Func:       func(x float64) float64 { return x + math.Sin(x)*math.Sin(x) },
	Derivative: func(x float64) float64 { return 1 + math.Sin(2*x) },
}

// Operations that are defined outside of the house.
func init() {
	kinds["mirror"] = unary(3, func(x *gorgonia.Node) (*gorgonia.Node, error) { return ops.Apply(mirror{}, x) })
	kinds["blend"] = binary(3, func(x, y *gorgonia.Node) (*gorgonia.Node, error) { return ops.Apply(blend{0.3}, x, y) })
	kinds["pointwise"] = unary(3, func(x *gorgonia.Node) (*gorgonia.Node, error) { return snake.Apply(x) })
}

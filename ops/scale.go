package ops

import (
	"fmt"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Scale multiplies by a number that stays as it is: y = factor * x.
//
//	Input:  any shape
//	Output: the same
//
// It returns an error for a factor that is not finite.
func Scale(x *gorgonia.Node, factor float64) (*gorgonia.Node, error) {
	if math.IsNaN(factor) || math.IsInf(factor, 0) {
		return nil, errors.Errorf("scale: the factor is %v, want a finite number", factor)
	}
	return op.Apply(scale{factor}, x)
}

type scale struct{ factor float64 }

func (scale) Name() string                                    { return "scale" }
func (o scale) Attributes() string                            { return fmt.Sprintf("factor=%g", o.factor) }
func (o scale) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }
func (o scale) Float32(a op.Args[float32]) error              { return scaleElements(o, a) }
func (o scale) Float64(a op.Args[float64]) error              { return scaleElements(o, a) }
func (scale) Overwrites() []int                               { return []int{0} }

func scaleElements[T kernel.Float](o scale, a op.Args[T]) error {
	x, factor := a.In[0], T(o.factor)
	kernel.Parallel(len(x), 1<<14, func(lo, hi int) {
		y := a.Out[lo:hi]
		for i, v := range x[lo:hi] {
			y[i] = v * factor
		}
	})
	return nil
}

func (o scale) Differentiate(_ gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	d, err := op.Apply(o, grad)
	return gorgonia.Nodes{d}, err
}

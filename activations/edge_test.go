package activations

import (
	"math"
	"math/bits"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// power is 2^n, or less where an int has 32 bits.
func power(n int) int { return 1 << min(n, bits.UintSize-2) }

// TestNoNodeIsTooBroken: nil, without a type, without a shape, of the wrong
// type, as input or as parameter: an error and no panic.
func TestNoNodeIsTooBroken(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float32](g, optest.X("x", 2, 6))
	for what, b := range map[string]*gorgonia.Node{
		"nil":      nil,
		"zero":     new(gorgonia.Node),
		"no type":  gorgonia.NewUniqueNode(gorgonia.In(g), gorgonia.WithName("typeless")),
		"no shape": gorgonia.NewTensor(g, tensor.Float32, 4, gorgonia.WithName("shapeless")),
		"strings":  gorgonia.NewTensor(g, tensor.String, 2, gorgonia.WithShape(2, 6), gorgonia.WithName("strings")),
		"int":      gorgonia.NewTensor(g, tensor.Int, 2, gorgonia.WithShape(2, 6), gorgonia.WithName("int")),
	} {
		for _, a := range append(everyActivation(t), sine(1), (*Pointwise)(nil)) {
			func() {
				defer func() {
					if r := recover(); r != nil {
						t.Errorf("%v of %s: panic: %v", a, what, r)
					}
				}()
				if _, none := a.(Identity); none && what != "nil" {
					return // nothing is computed
				}
				in := make([]*gorgonia.Node, len(withParameters(a, optest.X("x", 2, 6)))-1)
				for i := range in {
					in[i] = b
				}
				if _, err := a.Apply(b, in...); err == nil {
					t.Errorf("%v of %s: no error", a, what)
				}
				if len(in) == 0 {
					return
				}
				if _, err := a.Apply(x, in...); err == nil {
					t.Errorf("%v with %s as a parameter: no error", a, what)
				}
			}()
		}
	}
}

// TestShapesAtTheEdges: whatever the shape, a result that this machine can hold
// or an error, and its derivative too.
func TestShapesAtTheEdges(t *testing.T) {
	all := append(everyActivation(t), sine(1), Maxout{math.MaxInt}, Maxout{math.MinInt})
	edge := rapid.OneOf(rapid.IntRange(-1, 6), rapid.SampledFrom([]int{math.MaxInt, math.MinInt, math.MaxInt / 2, power(31), 1 << 20, power(40)}))
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(all).Draw(t, "activation")
		shape := rapid.SliceOfN(edge, 1, 5).Draw(t, "shape")
		g := gorgonia.NewGraph()
		x := gorgonia.NewTensor(g, tensor.Float64, len(shape), gorgonia.WithShape(shape...), gorgonia.WithName("x"))
		in := gorgonia.Nodes{x}
		for _, p := range a.Parameters(6) {
			in = append(in, gorgonia.NewTensor(g, tensor.Float64, len(p.Shape), gorgonia.WithShape(p.Shape...), gorgonia.WithName(p.Name)))
		}
		y, err := a.Apply(x, in[1:]...)
		if err != nil || y == x {
			return
		}
		if err := size.FitShape("result", y.Shape(), 8); err != nil || y.Shape().TotalSize() < 1 {
			t.Fatalf("%v of %v has shape %v: %v", a, shape, y.Shape(), err)
		}
		if a == (Step{}) {
			return
		}
		dy := gorgonia.NewTensor(g, tensor.Float64, y.Shape().Dims(), gorgonia.WithShape(y.Shape()...), gorgonia.WithName("dy"))
		if _, err := gorgonia.Backpropagate(gorgonia.Nodes{y}, gorgonia.Nodes{dy}, gorgonia.Nodes{x}); err != nil {
			t.Fatalf("%v of %v: derivative: %v", a, shape, err)
		}
	})
}

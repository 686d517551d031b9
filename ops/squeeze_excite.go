package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// SqueezeExciteNodes are the weights of SqueezeExciteInference, of its two linear
// layers or convolutions of 1x1. H is the number of hidden features.
type SqueezeExciteNodes struct {
	Weight1, Bias1 *gorgonia.Node // (H, C) or (H, C, 1, 1), and (H) or nil
	Weight2, Bias2 *gorgonia.Node // (C, H) or (C, H, 1, 1), and (C) or nil
}

// SqueezeExciteInferenceConfig configures SqueezeExciteInference.
type SqueezeExciteInferenceConfig struct {
	Act, Gate Act            // after the first and the second layer; nil means none
	Sum       *gorgonia.Node // added to the result, of x's shape; nil means none
	Out       Act            // applied last; nil means none
}

// SqueezeExciteInference scales every channel by a weight that follows from all
// channels' means, as one operation,
//
//	y = out(x * gate(weight2 * act(weight1 * mean(x) + bias1) + bias2) + Sum)
//
//	Input:  x (N, C, H, W)
//	Output: the same
//
// It returns an error for shapes that do not fit.
//
// Hu, Shen, Albanie, Sun and Wu 2017, Squeeze-and-Excitation Networks,
// arXiv 1709.01507, section 3.
func SqueezeExciteInference(x *gorgonia.Node, nodes SqueezeExciteNodes, cfg SqueezeExciteInferenceConfig) (*gorgonia.Node, error) {
	o := squeezeExcite{bias1: nodes.Bias1 != nil, bias2: nodes.Bias2 != nil, sum: cfg.Sum != nil}
	for _, a := range []struct {
		act  Act
		goes *kernel.Act
	}{{cfg.Act, &o.act}, {cfg.Gate, &o.gate}, {cfg.Out, &o.out}} {
		var err error
		if *a.goes, err = resolve(o.Name(), a.act); err != nil {
			return nil, err
		}
	}
	inputs := gorgonia.Nodes{x, nodes.Weight1}
	if o.bias1 {
		inputs = append(inputs, nodes.Bias1)
	}
	inputs = append(inputs, nodes.Weight2)
	if o.bias2 {
		inputs = append(inputs, nodes.Bias2)
	}
	if o.sum {
		inputs = append(inputs, cfg.Sum)
	}
	return op.Apply(o, inputs...)
}

// squeezeExcite is the operation on x, weight 1, perhaps bias 1, weight 2,
// perhaps bias 2, perhaps sum.
type squeezeExcite struct {
	act, gate, out    kernel.Act
	bias1, bias2, sum bool
}

func (squeezeExcite) Name() string { return "squeeze_excite" }
func (o squeezeExcite) Attributes() string {
	return fmt.Sprintf("hidden:%s gate:%s out:%s bias=%t,%t sum=%t", writeAct(o.act), writeAct(o.gate), writeAct(o.out), o.bias1, o.bias2, o.sum)
}

// places are the inputs' indices, -1 of those that there are not.
func (o squeezeExcite) places() (w1, b1, w2, b2, sum int) {
	next := 1
	place := func(there bool) int {
		if !there {
			return -1
		}
		next++
		return next - 1
	}
	w1, b1, w2, b2 = place(true), place(o.bias1), place(true), place(o.bias2)
	return w1, b1, w2, b2, place(o.sum)
}

func (o squeezeExcite) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := in[0]
	if err := wantImages(o.Name(), "input", x); err != nil {
		return nil, err
	}
	w1, b1, w2, b2, sum := o.places()
	for _, i := range []int{w1, w2} {
		if s := in[i]; s.Dims() != 2 && (s.Dims() != 4 || s[2] != 1 || s[3] != 1) || s[0] < 1 {
			return nil, errors.Errorf("%s: weight has shape %v, want (out, in) or (out, in, 1, 1)", o.Name(), s)
		}
	}
	hidden := in[w1][0]
	if in[w1][1] != x[1] || in[w2][0] != x[1] || in[w2][1] != hidden {
		return nil, errors.Errorf("%s: weights have shapes %v and %v, want (H, %d) and (%d, H)", o.Name(), in[w1], in[w2], x[1], x[1])
	}
	for _, b := range [][2]int{{b1, hidden}, {b2, x[1]}} {
		if b[0] < 0 {
			continue
		}
		if err := wantShape(o.Name(), "bias", in[b[0]], b[1]); err != nil {
			return nil, err
		}
	}
	if sum >= 0 {
		if err := wantShape(o.Name(), "sum", in[sum], x...); err != nil {
			return nil, err
		}
	}
	return x.Clone(), nil
}

func (o squeezeExcite) Float32(a op.Args[float32]) error { return squeezeForward(o, a) }
func (o squeezeExcite) Float64(a op.Args[float64]) error { return squeezeForward(o, a) }
func (squeezeExcite) Overwrites() []int                  { return []int{0} }

func squeezeForward[T kernel.Float](o squeezeExcite, a op.Args[T]) error {
	w1, b1, w2, b2, sum := o.places()
	or := func(i int) []T {
		if i < 0 {
			return nil
		}
		return a.In[i]
	}
	n, c, hw := layout(a.OutShape)
	kernel.SqueezeExcite(kernel.Squeeze[T]{
		N: n, C: c, HW: hw, Hidden: a.Shapes[w1][0],
		W1: a.In[w1], B1: or(b1), W2: a.In[w2], B2: or(b2), Act: o.act, Gate: o.gate, Out: o.out,
	}, a.In[0], or(sum), a.Out)
	return nil
}

func (o squeezeExcite) MACs(in []tensor.Shape, _ tensor.Shape) int64 {
	return 2 * int64(in[0][0]) * int64(in[1][0]) * int64(in[1][1])
}

// TakeActivation takes any: there is no derivative.
func (o squeezeExcite) TakeActivation(a kernel.Act, _ int, derivative bool) (op.Operation, bool) {
	if derivative || !none(o.out) {
		return nil, false
	}
	o.out = a
	return o, true
}

// TakeSum takes one.
func (o squeezeExcite) TakeSum(int) (op.Operation, bool) {
	ok := !o.sum && none(o.out)
	o.sum = true
	return o, ok
}

// configuration tells the weights, too.
func (o squeezeExcite) configuration(in gorgonia.Nodes) SqueezeExciteConfig {
	w1, b1, w2, b2, sum := o.places()
	or := func(i int) *gorgonia.Node {
		if i < 0 {
			return nil
		}
		return in[i]
	}
	return SqueezeExciteConfig{
		SqueezeExciteNodes:           SqueezeExciteNodes{in[w1], or(b1), in[w2], or(b2)},
		SqueezeExciteInferenceConfig: SqueezeExciteInferenceConfig{ActOf(o.act), ActOf(o.gate), or(sum), ActOf(o.out)},
	}
}

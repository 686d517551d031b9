package optest

import (
	"math"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

const (
	step      = 1e-5
	tolerance = 2e-7
)

// Check compares the symbolic gradient of every input that is not fixed with
// central differences of the forward pass, in float64, for an upstream
// gradient without symmetries. It also fails where a program's second run
// differs from its first.
func Check(t testing.TB, build Build, inputs ...Input) {
	t.Helper()
	if err := check(build, inputs); err != nil {
		t.Error(err)
	}
}

func check(build Build, inputs []Input) error {
	y, err := Forward[float64](build, inputs...)
	if err != nil {
		return err
	}
	return compare(build, X("upstream", len(y.Y)).Data, inputs)
}

// CheckGrad is Check for a graph that mixes the operation with Gorgonia's own:
// every input that is not fixed is a hyperbolic tangent, the result is read
// twice, and gorgonia.Grad differentiates the sum of its elements.
func CheckGrad(t testing.TB, build Build, inputs ...Input) {
	t.Helper()
	if err := checkGrad(build, inputs); err != nil {
		t.Error(err)
	}
}

func checkGrad(build Build, inputs []Input) error {
	mixed := func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
		in = append(gorgonia.Nodes(nil), in...)
		for i := range in {
			if inputs[i].Fixed {
				continue
			}
			var err error
			if in[i], err = gorgonia.Tanh(in[i]); err != nil {
				return nil, err
			}
		}
		y, err := build(in...)
		if err != nil {
			return nil, err
		}
		s, err := gorgonia.Sigmoid(y)
		if err != nil {
			return nil, err
		}
		if y, err = gorgonia.HadamardProd(s, y); err != nil || y.IsScalar() {
			return y, err
		}
		return gorgonia.Sum(y)
	}
	return compare(mixed, nil, inputs)
}

// compare compares the gradients of sum(y * dy), or of a scalar y without dy.
func compare(build Build, dy []float64, inputs []Input) error {
	back, err := compile[float64](build, dy, inputs)
	if err != nil {
		return err
	}
	defer back.vm.Close()
	if len(back.wrt) == 0 {
		return errors.New("optest: no input to differentiate")
	}
	want, err := back.run()
	if err != nil {
		return err
	}

	fixed := append([]Input(nil), inputs...)
	for i := range fixed {
		fixed[i].Fixed = true
	}
	forward, err := compile[float64](build, nil, fixed)
	if err != nil {
		return err
	}
	defer forward.vm.Close()
	for i, in := range inputs {
		if in.Fixed {
			continue
		}
		if err := differences(forward, i, in, dy, want.Grads[i]); err != nil {
			return errors.Wrapf(err, "gradient of %s %v", in.Name, in.Shape)
		}
	}

	again, err := back.run()
	if err != nil {
		return err
	}
	for i := range again.Y {
		if again.Y[i] != want.Y[i] {
			return errors.Errorf("second run: y[%d] is %v, was %v", i, again.Y[i], want.Y[i])
		}
	}
	for i := range again.Grads {
		for j := range again.Grads[i] {
			if again.Grads[i][j] != want.Grads[i][j] {
				return errors.Errorf("second run: gradient of %s at %d is %v, was %v", inputs[i].Name, j, again.Grads[i][j], want.Grads[i][j])
			}
		}
	}
	return nil
}

// differences compares one input's gradient, element by element. Errors are
// measured against the largest element: a difference quotient's error follows
// the loss, not the single derivative.
func differences(p *program[float64], i int, in Input, dy, grad []float64) error {
	scale := 1e-3
	for _, v := range grad {
		if math.IsNaN(v) {
			return errors.New("NaN")
		}
		scale = math.Max(scale, math.Abs(v))
	}
	data := append([]float64(nil), in.Data...)
	at := func(j int, v float64) (float64, error) {
		old := data[j]
		data[j] = v
		defer func() { data[j] = old }()
		if in.Shape.Dims() == 0 {
			if err := gorgonia.Let(p.in[i], v); err != nil {
				return 0, err
			}
		} else if err := gorgonia.Let(p.in[i], tensor.New(tensor.WithShape(in.Shape...), tensor.WithBacking(append([]float64(nil), data...)))); err != nil {
			return 0, err
		}
		r, err := p.run()
		if err != nil {
			return 0, err
		}
		loss := 0.0
		for k, y := range r.Y {
			if dy != nil {
				y *= dy[k]
			}
			loss += y
		}
		return loss, nil
	}
	for j, v := range in.Data {
		above, err := at(j, v+step)
		if err != nil {
			return err
		}
		below, err := at(j, v-step)
		if err != nil {
			return err
		}
		want := (above - below) / (2 * step)
		if diff := math.Abs(grad[j] - want); !(diff <= tolerance*scale) {
			return errors.Errorf("[%d] is %.12g, finite differences say %.12g (off by %.2g of %.3g)", j, grad[j], want, diff/scale, scale)
		}
	}
	if _, err := at(0, in.Data[0]); err != nil { // leaves the input as it was
		return err
	}
	return nil
}

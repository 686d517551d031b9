package activations

import (
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Curve evaluates an activation and its derivative at the points xs, as a
// network would: it builds the operation and its symbolic derivative and runs
// them in float64. Learned parameters have their values before training. dys is
// nil for Step, which has no derivative. A nil activation is Identity.
//
// Activations of several pieces are functions of several variables and are
// refused.
func Curve(a Activation, xs []float64) (ys, dys []float64, err error) {
	if a == nil {
		a = Identity{}
	}
	if a.InputsPerOutput() != 1 {
		return nil, nil, errors.Errorf("%v: has no curve, each value depends on %d inputs", a, a.InputsPerOutput())
	}
	if len(xs) == 0 {
		return nil, nil, nil
	}
	g := gorgonia.NewGraph()
	input := func(name string, data []float64, shape ...int) *gorgonia.Node {
		v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
		return gorgonia.NewTensor(g, tensor.Float64, len(shape), gorgonia.WithShape(shape...), gorgonia.WithName(name), gorgonia.WithValue(v))
	}
	x := input("x", slices.Clone(xs), len(xs), 1)
	var params []*gorgonia.Node
	for _, p := range a.Parameters(1) {
		params = append(params, input(p.Name, slices.Repeat([]float64{p.Start}, p.Shape.TotalSize()), p.Shape...))
	}
	y, err := a.Apply(x, params...)
	if err != nil {
		return nil, nil, err
	}
	if y == nil {
		return nil, nil, errors.Errorf("%v: Apply returned neither a node nor an error", a)
	}
	if !y.Shape().Eq(x.Shape()) {
		return nil, nil, errors.Errorf("%v: has no curve, it turns shape %v into %v", a, x.Shape(), y.Shape())
	}
	ones := slices.Repeat([]float64{1}, len(xs))
	if y == x {
		return slices.Clone(xs), ones, nil
	}
	outputs := gorgonia.Nodes{y}
	if _, flat := a.(Step); !flat {
		dx, err := gorgonia.Backpropagate(outputs, gorgonia.Nodes{input("dy", ones, len(xs), 1)}, gorgonia.Nodes{x})
		if err != nil {
			return nil, nil, err
		}
		outputs = append(outputs, dx[0])
	}
	values := make([]gorgonia.Value, len(outputs))
	for i, n := range outputs {
		gorgonia.Read(n, &values[i])
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return nil, nil, err
	}
	curves := make([][]float64, 2)
	for i, v := range values {
		data, ok := v.Data().([]float64)
		if !ok {
			return nil, nil, errors.Errorf("%v: result is a %T, want []float64", a, v.Data())
		}
		curves[i] = slices.Clone(data)
	}
	return curves[0], curves[1], nil
}

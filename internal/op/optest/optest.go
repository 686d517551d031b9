// Package optest runs single operations on a tape machine in tests and checks
// their symbolic derivatives against finite differences.
package optest

import (
	"math/rand/v2"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Build makes the node under test, of one operation or of several, from the
// inputs' nodes.
type Build func(in ...*gorgonia.Node) (*gorgonia.Node, error)

// Input is one input of a Build: floating-point Data of a shape, or Labels.
type Input struct {
	Name   string
	Shape  tensor.Shape // without dimensions: a scalar
	Data   []float64
	Labels []int
	Fixed  bool // no gradient is wanted
}

// X is an input of pseudo-random numbers in [-1, 1) that depend on its name
// alone. No two elements are closer than a finite difference's step may
// blur, so that a maximum among them has a derivative.
func X(name string, shape ...int) Input {
	in := Input{Name: name, Shape: tensor.Shape(shape)}
	n := in.Shape.TotalSize()
	seed := uint64(len(name))
	for _, c := range []byte(name) {
		seed = seed*131 + uint64(c)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	in.Data = make([]float64, n)
	for i, p := range r.Perm(n) {
		in.Data[i] = 2*(float64(p)+0.2+0.6*r.Float64())/float64(n) - 1
	}
	return in
}

// Positive is X mapped to [0.5, 1.5): variances.
func Positive(name string, shape ...int) Input {
	in := X(name, shape...)
	for i, v := range in.Data {
		in.Data[i] = 1 + v/2
	}
	return in
}

// Data is an input of given numbers.
func Data(name string, data []float64, shape ...int) Input {
	return Input{Name: name, Shape: tensor.Shape(shape), Data: data}
}

// Labels is an integer input.
func Labels(name string, labels ...int) Input {
	return Input{Name: name, Shape: tensor.Shape{len(labels)}, Labels: labels, Fixed: true}
}

// Fixed returns the input marked as one without a gradient.
func Fixed(in Input) Input {
	in.Fixed = true
	return in
}

// Node adds an input to a graph, with its value.
func Node[T kernel.Float](g *gorgonia.ExprGraph, in Input) *gorgonia.Node {
	if in.Labels != nil {
		v := tensor.New(tensor.WithShape(in.Shape...), tensor.WithBacking(append([]int(nil), in.Labels...)))
		return gorgonia.NewTensor(g, tensor.Int, in.Shape.Dims(), gorgonia.WithShape(in.Shape...), gorgonia.WithName(in.Name), gorgonia.WithValue(v))
	}
	dt := dtype[T]()
	if in.Shape.Dims() == 0 {
		return gorgonia.NewScalar(g, dt, gorgonia.WithName(in.Name), gorgonia.WithValue(T(in.Data[0])))
	}
	v := tensor.New(tensor.WithShape(in.Shape...), tensor.WithBacking(convert[T](in.Data)))
	return gorgonia.NewTensor(g, dt, in.Shape.Dims(), gorgonia.WithShape(in.Shape...), gorgonia.WithName(in.Name), gorgonia.WithValue(v))
}

func dtype[T kernel.Float]() tensor.Dtype {
	var zero T
	if _, ok := any(zero).(float32); ok {
		return tensor.Float32
	}
	return tensor.Float64
}

func convert[T kernel.Float](x []float64) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// Result is what a run gave. Grads stand at their inputs' indices, nil for
// fixed ones; Inputs are what the floating-point inputs hold after the run.
type Result[T kernel.Float] struct {
	Shape  tensor.Shape
	Y      []T
	Grads  [][]T
	Inputs [][]T
}

// Forward runs the node once, without a gradient.
func Forward[T kernel.Float](build Build, inputs ...Input) (Result[T], error) {
	fixed := append([]Input(nil), inputs...)
	for i := range fixed {
		fixed[i].Fixed = true
	}
	return Run[T](build, nil, fixed...)
}

// Run runs the node and the gradients of sum(y * dy) with respect to every
// input that is not fixed. The upstream gradient dy reaches the operations as
// a node of its own, of y's shape. A run that writes into an input is an error.
func Run[T kernel.Float](build Build, dy []float64, inputs ...Input) (Result[T], error) {
	p, err := compile[T](build, dy, inputs)
	if err != nil {
		return Result[T]{}, err
	}
	defer p.vm.Close()
	return p.run()
}

// program is a compiled graph with the nodes to read and to write.
type program[T kernel.Float] struct {
	vm    gorgonia.VM
	in    gorgonia.Nodes
	shape tensor.Shape
	y     gorgonia.Value
	grads []gorgonia.Value
	wrt   []int
	count int
}

// compile builds the graph with the gradients of sum(y * dy); without dy they
// are those of the scalar y, by gorgonia.Grad.
func compile[T kernel.Float](build Build, dy []float64, inputs []Input) (*program[T], error) {
	g := gorgonia.NewGraph()
	p := &program[T]{count: len(inputs)}
	var wrt gorgonia.Nodes
	for i, in := range inputs {
		if in.Labels == nil && len(in.Data) != in.Shape.TotalSize() {
			return nil, errors.Errorf("optest: %s has %d elements, its shape %v wants %d", in.Name, len(in.Data), in.Shape, in.Shape.TotalSize())
		}
		n := Node[T](g, in)
		p.in = append(p.in, n)
		if !in.Fixed {
			wrt = append(wrt, n)
			p.wrt = append(p.wrt, i)
		}
	}
	y, err := build(p.in...)
	if err != nil {
		return nil, err
	}
	p.shape = y.Shape().Clone()
	gorgonia.Read(y, &p.y)
	if len(wrt) > 0 {
		var grads gorgonia.Nodes
		if dy == nil {
			grads, err = gorgonia.Grad(y, wrt...)
		} else {
			up := Node[T](g, Data("upstream", dy, p.shape...))
			grads, err = gorgonia.Backpropagate(gorgonia.Nodes{y}, gorgonia.Nodes{up}, wrt)
		}
		if err != nil {
			return nil, err
		}
		p.grads = make([]gorgonia.Value, len(grads))
		for i, n := range grads {
			if !n.Shape().Eq(wrt[i].Shape()) {
				return nil, errors.Errorf("optest: gradient of %s has shape %v, want %v", wrt[i].Name(), n.Shape(), wrt[i].Shape())
			}
			gorgonia.Read(n, &p.grads[i])
		}
	}
	p.vm = gorgonia.NewTapeMachine(g)
	return p, nil
}

func (p *program[T]) run() (r Result[T], err error) {
	before, err := p.inputs()
	if err != nil {
		return r, err
	}
	p.vm.Reset()
	if err := p.vm.RunAll(); err != nil {
		return r, err
	}
	if r.Inputs, err = p.inputs(); err != nil {
		return r, err
	}
	for i, in := range p.in {
		if !slices.EqualFunc(before[i], r.Inputs[i], sameBits) {
			return r, errors.Errorf("optest: the run wrote into its input %s", in.Name())
		}
	}
	r.Shape = p.shape
	if r.Y, err = elements[T](p.y); err != nil {
		return r, err
	}
	r.Grads = make([][]T, p.count)
	for i, v := range p.grads {
		if r.Grads[p.wrt[i]], err = elements[T](v); err != nil {
			return r, err
		}
	}
	return r, nil
}

// inputs copies what the floating-point inputs hold.
func (p *program[T]) inputs() ([][]T, error) {
	all := make([][]T, len(p.in))
	for i, in := range p.in {
		if in.Dtype() == tensor.Int {
			continue
		}
		var err error
		if all[i], err = elements[T](in.Value()); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sameBits is equality that holds for NaN too.
func sameBits[T kernel.Float](a, b T) bool { return a == b || a != a && b != b }

// elements copies a value's elements.
func elements[T kernel.Float](v gorgonia.Value) ([]T, error) {
	if v == nil {
		return nil, errors.New("optest: the machine left no value")
	}
	switch data := v.Data().(type) {
	case T:
		return []T{data}, nil
	case []T:
		return append([]T(nil), data...), nil
	}
	return nil, errors.Errorf("optest: value of type %T", v.Data())
}

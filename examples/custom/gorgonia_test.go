package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// variable is an input of an expression.
type variable struct {
	shape tensor.Shape
	data  []float64
}

// random is a variable of numbers that follow from its seed; without sizes it
// is a scalar.
func random(seed uint64, shape ...int) variable {
	v := variable{shape: shape, data: make([]float64, tensor.Shape(shape).TotalSize())}
	numbers := rand.New(rand.NewPCG(seed, 1))
	for i := range v.data {
		v.data[i] = numbers.NormFloat64()
	}
	return v
}

// expression makes a scalar of nodes.
type expression func(in gorgonia.Nodes) (*gorgonia.Node, error)

// differentiate is gorgonia.Grad or graph.Gradients.
type differentiate func(loss *gorgonia.Node, wrt ...*gorgonia.Node) (gorgonia.Nodes, error)

// run computes an expression and, unless grad is nil, its gradients on one of
// Gorgonia's machines.
func run(t *testing.T, of tensor.Dtype, e expression, grad differentiate, in ...variable) (loss float64, grads [][]float64) {
	t.Helper()
	g := gorgonia.NewGraph()
	var nodes gorgonia.Nodes
	for i, v := range in {
		nodes = append(nodes, v.node(g, of, fmt.Sprint("x", i)))
	}
	y, err := e(nodes)
	if err != nil {
		t.Fatal(err)
	}
	var derived gorgonia.Nodes
	if grad != nil {
		if derived, err = grad(y, nodes...); err != nil {
			t.Fatal(err)
		}
	}
	machine := gorgonia.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	for _, n := range derived {
		grads = append(grads, numbers(n.Value()))
	}
	return numbers(y.Value())[0], grads
}

func (v variable) node(g *gorgonia.ExprGraph, of tensor.Dtype, name string) *gorgonia.Node {
	if len(v.shape) == 0 {
		var value any = v.data[0]
		if of == tensor.Float32 {
			value = float32(v.data[0])
		}
		return gorgonia.NewScalar(g, of, gorgonia.WithName(name), gorgonia.WithValue(value))
	}
	var backing any = append([]float64(nil), v.data...)
	if of == tensor.Float32 {
		narrow := make([]float32, len(v.data))
		for i, x := range v.data {
			narrow[i] = float32(x)
		}
		backing = narrow
	}
	value := tensor.New(tensor.WithShape(v.shape...), tensor.WithBacking(backing))
	return gorgonia.NewTensor(g, of, len(v.shape), gorgonia.WithShape(v.shape...), gorgonia.WithName(name), gorgonia.WithValue(value))
}

// numbers are a value's elements.
func numbers(v gorgonia.Value) []float64 {
	switch x := v.Data().(type) {
	case float64:
		return []float64{x}
	case float32:
		return []float64{float64(x)}
	case []float32:
		wide := make([]float64, len(x))
		for i := range x {
			wide[i] = float64(x[i])
		}
		return wide
	default:
		return append([]float64(nil), x.([]float64)...)
	}
}

// checkDifferences compares gradients with central differences of the
// expression.
func checkDifferences(t *testing.T, e expression, grads [][]float64, in ...variable) {
	t.Helper()
	const h = 1e-5
	for k := range in {
		for i, x := range in[k].data {
			in[k].data[i] = x + h
			up, _ := run(t, tensor.Float64, e, nil, in...)
			in[k].data[i] = x - h
			down, _ := run(t, tensor.Float64, e, nil, in...)
			in[k].data[i] = x
			if want := (up - down) / (2 * h); math.Abs(grads[k][i]-want) > 1e-7 {
				t.Errorf("gradient of input %d at %d is %v, want %v", k, i, grads[k][i], want)
			}
		}
	}
}

package graph

import (
	"fmt"
	"hash"
	"math"
	"slices"
	"testing"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// inputs are the variables that expressions are made of.
type inputs struct {
	x, y *G.Node // (3, 4)
	m    *G.Node // (4, 2)
	v    *G.Node // (4)
	s    *G.Node // scalar
	im   *G.Node // (2, 3, 6, 6)
	k    *G.Node // (2, 3, 3, 3)
	b    *G.Node // (3, 4, 2), a batch of matrices
	c    *G.Node // (3, 2, 4)
}

func (in inputs) all() G.Nodes { return G.Nodes{in.x, in.y, in.m, in.v, in.s, in.im, in.k, in.b, in.c} }

func newInputs(g *G.ExprGraph, dtype tensor.Dtype, data map[string][]float64) inputs {
	make := func(name string, shape ...int) *G.Node {
		d := data[name]
		if d == nil { // between 0.2 and 1.7, no two alike
			d = values(len(name)+int(name[0]), tensor.Shape(shape).TotalSize())
			data[name] = d
		}
		if len(shape) == 0 {
			if dtype == tensor.Float32 {
				return G.NewScalar(g, dtype, G.WithName(name), G.WithValue(float32(d[0])))
			}
			return G.NewScalar(g, dtype, G.WithName(name), G.WithValue(d[0]))
		}
		t := tensor.New(tensor.Of(dtype), tensor.WithShape(shape...))
		fill(t, func(i int) float64 { return d[i] })
		return G.NewTensor(g, dtype, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(t))
	}
	return inputs{
		x: make("x", 3, 4), y: make("y", 3, 4), m: make("m", 4, 2), v: make("v", 4), s: make("s"),
		im: make("im", 2, 3, 6, 6), k: make("k", 2, 3, 3, 3), b: make("b", 3, 4, 2), c: make("c", 3, 2, 4),
	}
}

func values(seed, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 0.95 + 0.75*math.Sin(float64((i+1)*(seed%13+3))+float64(seed))
	}
	return v
}

type unary = func(*G.Node) (*G.Node, error)

// expressions over Gorgonia's public operations, each a value to be summed up.
// Those that draw at random (Dropout) or wait for data of their own (CTCLoss,
// YOLOv3) are not among them.
func expressions() map[string]func(in inputs) (*G.Node, error) {
	table := map[string]func(in inputs) (*G.Node, error){}
	for name, f := range map[string]unary{
		"Abs": G.Abs, "Sign": G.Sign, "Ceil": G.Ceil, "Floor": G.Floor, "Sin": G.Sin, "Cos": G.Cos, "Exp": G.Exp, "Log": G.Log,
		"Log2": G.Log2, "Neg": G.Neg, "Square": G.Square, "Sqrt": G.Sqrt, "Inverse": G.Inverse, "InverseSqrt": G.InverseSqrt,
		"Cube": G.Cube, "Tanh": G.Tanh, "Sigmoid": G.Sigmoid, "Log1p": G.Log1p, "Expm1": G.Expm1, "Softplus": G.Softplus,
		"Rectify": G.Rectify, "Mish": G.Mish, "Ravel": G.Ravel,
		"SoftMax":    func(x *G.Node) (*G.Node, error) { return G.SoftMax(x) },
		"LogSoftMax": func(x *G.Node) (*G.Node, error) { return G.LogSoftMax(x) },
		"Sparsemax":  func(x *G.Node) (*G.Node, error) { return G.Sparsemax(x) },
		"LeakyRelu":  func(x *G.Node) (*G.Node, error) { return G.LeakyRelu(x, 0.1) },
		"Mean":       func(x *G.Node) (*G.Node, error) { return G.Mean(x) },
		"Mean0":      func(x *G.Node) (*G.Node, error) { return G.Mean(x, 0) },
		"Sum":        func(x *G.Node) (*G.Node, error) { return G.Sum(x) },
		"Sum1":       func(x *G.Node) (*G.Node, error) { return G.Sum(x, 1) },
		"Max":        func(x *G.Node) (*G.Node, error) { return G.Max(x) },
		"Max1":       func(x *G.Node) (*G.Node, error) { return G.Max(x, 1) },
		"LogSumExp":  func(x *G.Node) (*G.Node, error) { return G.LogSumExp(x, 1) },
		"Norm":       func(x *G.Node) (*G.Node, error) { return G.Norm(x, 1, 2) },
		"SizeOf":     func(x *G.Node) (*G.Node, error) { return G.SizeOf(0, x) },
		"At":         func(x *G.Node) (*G.Node, error) { return G.At(x, 1, 1) },
		"Slice":      func(x *G.Node) (*G.Node, error) { return G.Slice(x, G.S(1)) },
		"SliceRange": func(x *G.Node) (*G.Node, error) { return G.Slice(x, nil, G.S(1, 3)) },
		"Transpose":  func(x *G.Node) (*G.Node, error) { return G.Transpose(x) },
		"Reshape":    func(x *G.Node) (*G.Node, error) { return G.Reshape(x, tensor.Shape{2, 6}) },
		"KeepDims": func(x *G.Node) (*G.Node, error) {
			return G.KeepDims(x, false, func(x *G.Node) (*G.Node, error) { return G.Sum(x, 1) })
		},
		"ReduceAdd": func(x *G.Node) (*G.Node, error) { return G.ReduceAdd(G.Nodes{x, x, x}) },
		"itself":    func(x *G.Node) (*G.Node, error) { return G.HadamardProd(x, x) },
		"MeanSquare": func(x *G.Node) (*G.Node, error) {
			return chain(x, G.Square, func(x *G.Node) (*G.Node, error) { return G.Mean(x) })
		},
		"twice":  func(x *G.Node) (*G.Node, error) { return twice(x, G.Tanh, G.Square) },
		"masked": func(x *G.Node) (*G.Node, error) { return twice(x, G.Sign, G.Square) },
		"with size": func(x *G.Node) (*G.Node, error) {
			return twice(x, func(x *G.Node) (*G.Node, error) { return G.SizeOf(1, x) }, G.Square)
		},
		"with an At": func(x *G.Node) (*G.Node, error) {
			return twice(x, func(x *G.Node) (*G.Node, error) { return G.At(x, 1, 1) }, G.Square)
		},
	} {
		table[name] = func(in inputs) (*G.Node, error) { return f(in.x) }
	}
	same := func(f func(a, b *G.Node, same bool) (*G.Node, error)) func(a, b *G.Node) (*G.Node, error) {
		return func(a, b *G.Node) (*G.Node, error) { // times a, so that something is left to differentiate
			n, err := f(a, b, true)
			if err != nil {
				return nil, err
			}
			return G.HadamardProd(n, a)
		}
	}
	for name, f := range map[string]func(a, b *G.Node) (*G.Node, error){
		"Add": G.Add, "Sub": G.Sub, "HadamardProd": G.HadamardProd, "HadamardDiv": G.HadamardDiv, "Div": G.Div, "Pow": G.Pow,
		"MinBetween": G.MinBetween, "MaxBetween": G.MaxBetween, "BinaryXent": func(a, b *G.Node) (*G.Node, error) {
			p, err := G.Sigmoid(a)
			if err != nil {
				return nil, err
			}
			return G.BinaryXent(p, b)
		},
		"Lt": same(G.Lt), "Gt": same(G.Gt), "Lte": same(G.Lte), "Gte": same(G.Gte), "Eq": same(G.Eq), "Ne": same(G.Ne),
	} {
		table[name] = func(in inputs) (*G.Node, error) { return f(in.x, in.y) }
		table[name+" scalar"] = func(in inputs) (*G.Node, error) { return f(in.x, in.s) }
		table["scalar "+name] = func(in inputs) (*G.Node, error) { return f(in.s, in.y) }
		table[name+" of scalars"] = func(in inputs) (*G.Node, error) {
			a, err := G.Sum(in.x)
			if err != nil {
				return nil, err
			}
			return f(a, in.s)
		}
		table[name+" of one"] = func(in inputs) (*G.Node, error) { return f(in.x, in.x) }
	}
	for name, f := range map[string]func(a, b *G.Node, left, right []byte) (*G.Node, error){
		"BroadcastAdd": G.BroadcastAdd, "BroadcastSub": G.BroadcastSub, "BroadcastHadamardProd": G.BroadcastHadamardProd,
		"BroadcastHadamardDiv": G.BroadcastHadamardDiv, "BroadcastPow": G.BroadcastPow,
	} {
		table[name] = func(in inputs) (*G.Node, error) {
			row, err := G.Reshape(in.v, tensor.Shape{1, 4})
			if err != nil {
				return nil, err
			}
			return f(in.x, row, nil, []byte{0})
		}
	}
	for name, f := range map[string]func(a, b *G.Node, same bool, left, right []byte) (*G.Node, error){
		"BroadcastLt": G.BroadcastLt, "BroadcastGt": G.BroadcastGt, "BroadcastLte": G.BroadcastLte,
		"BroadcastGte": G.BroadcastGte, "BroadcastEq": G.BroadcastEq, "BroadcastNe": G.BroadcastNe,
	} {
		table[name] = func(in inputs) (*G.Node, error) {
			row, err := G.Reshape(in.v, tensor.Shape{1, 4})
			if err != nil {
				return nil, err
			}
			n, err := f(in.x, row, true, nil, []byte{0})
			if err != nil {
				return nil, err
			}
			return G.HadamardProd(n, in.x)
		}
	}
	for name, f := range map[string]func(in inputs) (*G.Node, error){
		"Mul":           func(in inputs) (*G.Node, error) { return G.Mul(in.x, in.m) },
		"Mul vector":    func(in inputs) (*G.Node, error) { return G.Mul(in.x, in.v) },
		"Mul vectors":   func(in inputs) (*G.Node, error) { return G.Mul(in.v, in.v) },
		"OuterProd":     func(in inputs) (*G.Node, error) { return G.OuterProd(in.v, in.v) },
		"BatchedMatMul": func(in inputs) (*G.Node, error) { return G.BatchedMatMul(in.b, in.c) },
		"Tensordot":     func(in inputs) (*G.Node, error) { return G.Tensordot([]int{1}, []int{0}, in.x, in.m) },
		"Concat":        func(in inputs) (*G.Node, error) { return G.Concat(0, in.x, in.y, in.x) },
		"Concat1":       func(in inputs) (*G.Node, error) { return G.Concat(1, in.x, in.y) },
		"Conv2d": func(in inputs) (*G.Node, error) {
			return G.Conv2d(in.im, in.k, tensor.Shape{3, 3}, []int{1, 1}, []int{1, 1}, []int{1, 1})
		},
		"MaxPool2D": func(in inputs) (*G.Node, error) {
			return G.MaxPool2D(in.im, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
		},
		"AveragePool2D": func(in inputs) (*G.Node, error) {
			return G.AveragePool2D(in.im, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
		},
		"GlobalAverage": func(in inputs) (*G.Node, error) { return G.GlobalAveragePool2D(in.im) },
		"Upsample2D":    func(in inputs) (*G.Node, error) { return G.Upsample2D(in.im, 1) },
		"Conv1d": func(in inputs) (*G.Node, error) {
			row, err := G.Slice(in.k, nil, nil, G.S(0))
			if err == nil {
				row, err = G.Reshape(row, tensor.Shape{2, 3, 1, 3})
			}
			if err != nil {
				return nil, err
			}
			return G.Conv1d(in.im, row, 3, 1, 1, 1)
		},
		"MaxPool1D":     func(in inputs) (*G.Node, error) { return G.MaxPool1D(in.im, 2, 0, 2) },
		"AveragePool1D": func(in inputs) (*G.Node, error) { return G.AveragePool1D(in.im, 2, 0, 2) },
		"Im2Col": func(in inputs) (*G.Node, error) {
			return G.Im2Col(in.im, tensor.Shape{3, 3}, tensor.Shape{1, 1}, tensor.Shape{1, 1}, tensor.Shape{1, 1})
		},
		"GroupNorm": func(in inputs) (*G.Node, error) {
			scale, err := G.Slice(in.im, G.S(0, 1), nil, G.S(0, 1), G.S(0, 1))
			if err == nil {
				scale, err = G.Reshape(scale, tensor.Shape{1, 3, 1, 1})
			}
			if err != nil {
				return nil, err
			}
			return G.GroupNorm(in.im, scale, scale, 1, 3, 1e-5)
		},
		"BatchNorm": func(in inputs) (*G.Node, error) {
			n, _, _, _, err := G.BatchNorm(in.im, in.im, in.im, 0.9, 1e-5)
			return n, err
		},
		"ByIndices": func(in inputs) (*G.Node, error) {
			at := G.NewVector(in.x.Graph(), tensor.Int, G.WithName("at"), G.WithShape(2), G.WithValue(tensor.New(tensor.WithBacking([]int{2, 0}))))
			return G.ByIndices(in.x, at, 0)
		},
		"logistic regression": func(in inputs) (*G.Node, error) {
			z, err := G.Mul(in.x, in.v)
			if err == nil {
				z, err = G.Add(z, in.s)
			}
			if err != nil {
				return nil, err
			}
			return chain(z, G.Sigmoid, G.Log, func(n *G.Node) (*G.Node, error) { return G.Mean(n) })
		},
	} {
		table[name] = f
	}
	return table
}

// twice is f(x) * g(x), for a scalar f(x) or one of x's shape.
func twice(x *G.Node, f, g unary) (*G.Node, error) {
	a, err := f(x)
	if err != nil {
		return nil, err
	}
	b, err := g(x)
	if err != nil {
		return nil, err
	}
	return G.HadamardProd(a, b)
}

// lossFrom sums an expression's squares-free weights up: every element counts
// differently, so that no gradient is constant by accident.
func lossFrom(n *G.Node) (*G.Node, error) {
	if n.Dims() == 0 {
		return n, nil
	}
	n, err := G.Sin(n)
	if err != nil {
		return nil, err
	}
	return G.Sum(n)
}

// result of differentiating one expression.
type result struct {
	loss  float64
	grads map[string][]float64
	err   error
}

// differentiate builds an expression, its gradients in the variables that it
// depends on, and runs both on a plain tape machine that is told to keep all.
func differentiate(dtype tensor.Dtype, f func(in inputs) (*G.Node, error), data map[string][]float64, grad func(loss *G.Node, wrt ...*G.Node) (G.Nodes, error)) (r result) {
	defer func() {
		if e := recover(); e != nil {
			r.err = fmt.Errorf("panic: %v", e)
		}
	}()
	g := G.NewGraph()
	in := newInputs(g, dtype, data)
	n, err := f(in)
	if err == nil {
		n, err = lossFrom(n)
	}
	if err != nil {
		return result{err: fmt.Errorf("no expression: %w", err)}
	}
	order := op.Topological(n)
	var wrt G.Nodes
	for _, v := range in.all() {
		if slices.Contains(order, v) {
			wrt = append(wrt, v)
		}
	}
	outputs := G.Nodes{n}
	if grad != nil {
		grads, err := grad(n, wrt...)
		if err != nil {
			return result{err: err}
		}
		outputs = append(outputs, grads...)
	}
	last, err := keeper(g, outputs)
	if err != nil {
		return result{err: err}
	}
	if last != nil {
		outputs = append(outputs, last)
	}
	var variables G.Nodes
	for _, v := range op.Topological(outputs...) {
		if v.Op() == nil {
			variables = append(variables, v)
		}
	}
	prog, loc, err := G.CompileFunction(g, variables, outputs)
	if err != nil {
		return result{err: err}
	}
	m := G.NewTapeMachine(g, G.WithPrecompiled(prog, loc))
	defer m.Close()
	if err := m.RunAll(); err != nil {
		return result{err: err}
	}
	r = result{loss: floats(n.Value())[0], grads: map[string][]float64{}}
	if grad != nil {
		for i, v := range wrt {
			r.grads[v.Name()] = floats(outputs[i+1].Value())
		}
	}
	return r
}

func floats(v G.Value) []float64 {
	switch v := v.(type) {
	case *G.F32:
		return []float64{float64(*v)}
	case *G.F64:
		return []float64{float64(*v)}
	case *tensor.Dense:
		if v.RequiresIterator() {
			v = v.Materialize().(*tensor.Dense)
		}
		switch d := v.Data().(type) {
		case float32:
			return []float64{float64(d)}
		case float64:
			return []float64{d}
		case []float64:
			return slices.Clone(d)
		case []float32:
			out := make([]float64, len(d))
			for i, x := range d {
				out[i] = float64(x)
			}
			return out
		}
	}
	return nil
}

// Gradients differentiates all that gorgonia.Grad does, with the same values:
// over Gorgonia's operations, in both types. What neither can is an error.
func TestGradientsAgainstGorgonias(t *testing.T) {
	const at = "with an At" // gorgonia.Grad takes At for a constant, which it is not
	compared := 0
	for name, f := range expressions() {
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			data := map[string][]float64{}
			ours := differentiate(dtype, f, data, Gradients)
			theirs := differentiate(dtype, f, data, func(loss *G.Node, wrt ...*G.Node) (G.Nodes, error) { return G.Grad(loss, wrt...) })
			if theirs.err != nil || name == at {
				if ours.err == nil {
					t.Errorf("%s, %v: gorgonia.Grad says %v, Gradients no error", name, dtype, theirs.err)
				}
				continue
			}
			if ours.err != nil {
				t.Errorf("%s, %v: %v", name, dtype, ours.err)
				continue
			}
			tolerance := 1e-12
			if dtype == tensor.Float32 {
				tolerance = 1e-4
			}
			for v, want := range theirs.grads {
				got := ours.grads[v]
				if len(got) != len(want) || len(got) == 0 {
					t.Errorf("%s, %v: %d gradients in %s, want %d", name, dtype, len(got), v, len(want))
					continue
				}
				for i := range want {
					if !(math.Abs(got[i]-want[i]) <= tolerance*(1+math.Abs(want[i]))) {
						t.Errorf("%s, %v: gradient in %s[%d] is %v, gorgonia.Grad's %v", name, dtype, v, i, got[i], want[i])
						break
					}
				}
				compared++
			}
		}
	}
	if compared < 250 {
		t.Errorf("%d gradients compared, want 250 at least", compared)
	}
	t.Logf("%d gradients compared", compared)
}

// stop is an operation that passes its input on and no gradient back.
type stop struct{ G.Op }

func newStop(x *G.Node) (*G.Node, error) { return G.ApplyOp(stop{}, x) }

func (stop) Arity() int    { return 1 }
func (stop) Type() hm.Type { return hm.NewFnType(hm.TypeVariable('a'), hm.TypeVariable('a')) }
func (stop) InferShape(in ...G.DimSizer) (tensor.Shape, error) {
	return in[0].(tensor.Shape).Clone(), nil
}
func (stop) Do(in ...G.Value) (G.Value, error)                  { return G.CloneValue(in[0]) }
func (stop) ReturnsPtr() bool                                   { return false }
func (stop) CallsExtern() bool                                  { return false }
func (stop) OverwritesInput() int                               { return -1 }
func (stop) String() string                                     { return "stop" }
func (stop) WriteHash(h hash.Hash)                              { fmt.Fprint(h, "stop") }
func (stop) Hashcode() uint32                                   { return 0x57097 }
func (stop) DiffWRT(inputs int) []bool                          { return make([]bool, inputs) }
func (stop) SymDiff(G.Nodes, *G.Node, *G.Node) (G.Nodes, error) { return nil, errors.New("stopped") }

// y = x * stop(x) has the derivative stop(x); stop(x) alone none, which the
// error says.
func TestStopGradient(t *testing.T) {
	data := map[string][]float64{}
	r := differentiate(tensor.Float64, func(in inputs) (*G.Node, error) {
		n, err := twice(in.x, newStop, func(x *G.Node) (*G.Node, error) { return x, nil })
		if err != nil {
			return nil, err
		}
		return G.Sum(n)
	}, data, Gradients)
	if r.err != nil {
		t.Fatal(r.err)
	}
	for i, want := range data["x"] {
		if got := r.grads["x"][i]; got != want {
			t.Errorf("gradient %d is %v, want %v", i, got, want)
		}
	}
	r = differentiate(tensor.Float64, func(in inputs) (*G.Node, error) { return newStop(in.x) }, data, Gradients)
	if r.err == nil || r.err.Error() != "gradients: the loss depends on x only through what has no derivative in it: stop" {
		t.Errorf("error is %v", r.err)
	}
}

func TestGradientsRefuse(t *testing.T) {
	g, other := G.NewGraph(), G.NewGraph()
	x := G.NewScalar(g, tensor.Float64, G.WithName("x"))
	m := G.NewMatrix(g, tensor.Float64, G.WithName("m"), G.WithShape(2, 2))
	far := G.NewScalar(other, tensor.Float64, G.WithName("far"))
	n := G.NewScalar(g, tensor.Int, G.WithName("n"))
	for _, c := range []struct {
		loss *G.Node
		wrt  G.Nodes
		want string
	}{
		{nil, nil, "gradients: the loss is nil"},
		{nil, G.Nodes{x}, "gradients: the loss is nil"},
		{x, G.Nodes{nil}, "gradients: node 0 of those to differentiate in is nil"},
		{x, G.Nodes{far}, "gradients: far belongs to another graph than the loss"},
		{x, G.Nodes{m}, "gradients: the loss does not depend on m"},
		{m, G.Nodes{m}, "gradients: the loss has shape (2, 2), want a scalar"},
		{n, G.Nodes{n}, "gradients: the loss is of type int"},
	} {
		if _, err := Gradients(c.loss, c.wrt...); err == nil || err.Error() != c.want {
			t.Errorf("error is %v, want %s", err, c.want)
		}
	}
}

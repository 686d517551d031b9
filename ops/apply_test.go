package ops

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// raised is y = x1^n * x2 by a stranger's means, for n of at least 2.
type raised struct{ N int }

func (raised) Name() string                                  { return "raised" }
func (raised) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }
func (p raised) Float32(o Operands[float32]) error           { return raise(p.N, o) }
func (p raised) Float64(o Operands[float64]) error           { return raise(p.N, o) }
func (raised) Overwrites() []int                             { return []int{1, 0} }
func (p raised) MACs(in []tensor.Shape, _ tensor.Shape) int64 {
	return int64(p.N * in[0].TotalSize())
}

func raise[T float32 | float64](n int, o Operands[T]) error {
	for i, x := range o.In[0] {
		y := o.In[1][i]
		for range n {
			y *= x
		}
		o.Out[i] = y
	}
	return nil
}

func (p raised) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	d2, err := Apply(p, in[0], grad)
	if err != nil {
		return nil, err
	}
	scaled, err := Add(slices.Repeat([]*gorgonia.Node{in[1]}, p.N)...)
	if err != nil {
		return nil, err
	}
	if scaled, err = gorgonia.HadamardProd(scaled, grad); err != nil {
		return nil, err
	}
	d1, err := Apply(raised{p.N - 1}, in[0], scaled)
	return gorgonia.Nodes{d1, d2}, err
}

func buildRaised(in ...*gorgonia.Node) (*gorgonia.Node, error) { return Apply(raised{3}, in...) }

func TestApplyComputesAndDifferentiates(t *testing.T) {
	a, b := optest.X("a", 2, 3), optest.X("b", 2, 3)
	optest.Check(t, buildRaised, a, b)
	optest.CheckGrad(t, buildRaised, a, b)
	for _, over := range []func(optest.Build, ...optest.Input) ([]string, error){optest.Overwrites[float32], optest.Overwrites[float64]} {
		if names, err := over(buildRaised, a, b); err != nil || len(names) == 0 {
			t.Errorf("overwriting operations %v: %v", names, err)
		}
	}
	narrow, err := optest.Forward[float32](buildRaised, a, b)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := optest.Forward[float64](buildRaised, a, b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range wide.Y {
		if d := float64(narrow.Y[i]) - wide.Y[i]; d > 1e-6 || d < -1e-6 {
			t.Errorf("y[%d] is %v in float32, %v in float64", i, narrow.Y[i], wide.Y[i])
		}
	}
}

// picks is the mean of the elements of a row that labels pick: integers, no
// derivative in them, a scalar result.
type picks struct{}

func (picks) Name() string                               { return "picks" }
func (picks) Shape([]tensor.Shape) (tensor.Shape, error) { return tensor.ScalarShape(), nil }
func (picks) Float32(o Operands[float32]) error          { return pick(o) }
func (picks) Float64(o Operands[float64]) error          { return pick(o) }
func (picks) TakesInts(input int) bool                   { return input == 1 }

func pick[T float32 | float64](o Operands[T]) error {
	o.Out[0] = 0
	for _, l := range o.Ints[1] {
		o.Out[0] += o.In[0][l] / T(len(o.Ints[1])) // panics for a label out of range
	}
	return nil
}

func (picks) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	d, err := Apply(picksGrad{}, in[0], in[1], grad)
	return gorgonia.Nodes{d, nil}, err
}

type picksGrad struct{}

func (picksGrad) Name() string                                  { return "picks_grad" }
func (picksGrad) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }
func (picksGrad) Float32(o Operands[float32]) error             { return spread(o) }
func (picksGrad) Float64(o Operands[float64]) error             { return spread(o) }
func (picksGrad) TakesInts(input int) bool                      { return input == 1 }

func spread[T float32 | float64](o Operands[T]) error {
	clear(o.Out)
	for _, l := range o.Ints[1] {
		o.Out[l] += o.In[2][0] / T(len(o.Ints[1]))
	}
	return nil
}

func TestApplyTakesLabelsAndGivesScalars(t *testing.T) {
	build := func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return Apply(picks{}, in...) }
	optest.Check(t, build, optest.X("x", 5), optest.Labels("labels", 4, 0, 4))
	_, err := optest.Forward[float64](build, optest.X("x", 5), optest.Labels("labels", 5))
	if err == nil || !strings.Contains(err.Error(), "picks") || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("a panic in a run: %v", err)
	}
}

// withFields is an operation with fields of all kinds.
type withFields struct {
	Shift  float64
	Name_  string
	List   []int
	Pair   [2]float32
	Inner  struct{ On bool }
	Any    any
	Ptr    *int
	hidden uint8
}

func (withFields) Name() string                                  { return "withFields" }
func (withFields) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }
func (withFields) Float32(Operands[float32]) error               { return nil }
func (withFields) Float64(Operands[float64]) error               { return nil }

// otherFields is withFields with the same name, another type.
type otherFields struct{ withFields }

// withFunction holds what can't be compared.
type withFunction struct {
	withFields
	F func(float64) float64
}

// Equal operations on equal inputs are one node, all others are two.
func TestApplyMergesEqualNodes(t *testing.T) {
	g := gorgonia.NewGraph()
	x, y := optest.Node[float64](g, optest.X("x", 2)), optest.Node[float64](g, optest.X("y", 2))
	apply := func(o Operation, in ...*gorgonia.Node) *gorgonia.Node {
		t.Helper()
		n, err := Apply(o, in...)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	one, two := 1, 1
	p := &withFunction{F: func(x float64) float64 { return x }}
	equal := [][2]Operation{
		{withFields{}, withFields{}},
		{withFields{Shift: 0.1, List: []int{1, 2}}, withFields{Shift: 0.1, List: []int{1, 2}}},
		{withFields{Any: 3}, withFields{Any: 3}},
		{withFields{Ptr: &one}, withFields{Ptr: &one}},
		{p, p},
	}
	for _, pair := range equal {
		if apply(pair[0], x) != apply(pair[1], x) {
			t.Errorf("%+v makes two nodes", pair[0])
		}
	}
	different := []Operation{
		withFields{}, otherFields{}, withFields{Shift: 0.1}, withFields{Shift: 0.30000000000000004}, withFields{Shift: 0.3},
		withFields{Name_: "a"}, withFields{Name_: "b"}, withFields{Name_: `a",List.len="0`}, withFields{List: []int{1}}, withFields{List: []int{0, 1}}, withFields{List: []int{1, 0}},
		withFields{Pair: [2]float32{1, 0}}, withFields{Pair: [2]float32{0, 1}}, withFields{Inner: struct{ On bool }{true}},
		withFields{Any: 1}, withFields{Any: int8(1)}, withFields{Any: "1"}, withFields{Ptr: &one}, withFields{Ptr: &two}, withFields{hidden: 1},
		p, &withFunction{F: p.F}, &withFields{}, &withFields{},
	}
	seen := map[*gorgonia.Node]int{}
	for i, o := range different {
		n := apply(o, x)
		if j, ok := seen[n]; ok {
			t.Errorf("operations %d and %d are one node: %+v and %+v", j, i, different[j], o)
		}
		seen[n] = i
	}
	if apply(withFields{}, x) == apply(withFields{}, y) || apply(withFields{}, x, y) == apply(withFields{}, y, x) {
		t.Error("one node for different inputs")
	}
	if got, want := op.Of(apply(withFields{Shift: 0.5}, x)).String(), "Shift=0.5"; !strings.Contains(got, want) {
		t.Errorf("attributes %q, want %q in them", got, want)
	}
	if n := op.Of(apply(raised{3}, x, y)).MACs(); n != 6 {
		t.Errorf("%d multiply-additions, want 6", n)
	}
}

// faulty does what its function says, wherever it is asked.
type faulty struct {
	name  func() string
	shape func([]tensor.Shape) (tensor.Shape, error)
	over  []int
	wrt   []bool
}

func (f *faulty) Name() string {
	if f.name == nil {
		return "faulty"
	}
	return f.name()
}

func (f *faulty) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if f.shape == nil {
		return in[0], nil
	}
	return f.shape(in)
}

func (*faulty) Float32(Operands[float32]) error { return nil }
func (*faulty) Float64(Operands[float64]) error { return nil }
func (f *faulty) Overwrites() []int             { return f.over }
func (f *faulty) Wrt(int) []bool                { return f.wrt }

func (*faulty) Differentiate(gorgonia.Nodes, *gorgonia.Node, *gorgonia.Node) (gorgonia.Nodes, error) {
	panic("no idea")
}

func TestApplyRefuses(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float64](g, optest.X("x", 2))
	yes := []bool{true}
	shape := func(s tensor.Shape, err error) func([]tensor.Shape) (tensor.Shape, error) {
		return func([]tensor.Shape) (tensor.Shape, error) { return s, err }
	}
	cases := map[string]Operation{
		"ops.Apply: the operation is nil":                                          nil,
		"ops.Apply: the operation is a nil *ops.faulty":                            (*faulty)(nil),
		"ops.Apply: Name of *ops.faulty is empty":                                  &faulty{wrt: yes, name: func() string { return "" }},
		"ops.Apply: panic: no name":                                                &faulty{wrt: yes, name: func() string { panic("no name") }},
		"ops.Apply: ops.withFunction can't be compared: it holds field F, a func":  withFunction{},
		"ops.Apply: ops.withFields can't be compared: it holds field Any.a, a map": withFields{Any: struct{ a map[int]int }{}},
		"faulty: no room":         &faulty{wrt: yes, shape: shape(nil, errors.New("no room"))},
		"faulty: panic: no shape": &faulty{wrt: yes, shape: func([]tensor.Shape) (tensor.Shape, error) { panic("no shape") }},
		"faulty: result has shape (2, 0): a size must be at least 1":                     &faulty{wrt: yes, shape: shape(tensor.Shape{2, 0}, nil)},
		"faulty: Overwrites lists input 1, want 0 to 0":                                  &faulty{wrt: yes, over: []int{1}},
		"faulty: Overwrites lists input 0 of shape (2), the result has (3)":              &faulty{wrt: yes, over: []int{0}, shape: shape(tensor.Shape{3}, nil)},
		"faulty: Wrt says whether there is a derivative in 2 inputs, want 1":             &faulty{wrt: []bool{true, false}},
		"ops.Apply: ops.withFields can't be compared: it holds more than 32 values insi": withFields{Any: endless()},
	}
	if bits.UintSize == 64 { // an int of 32 bits counts no more than this machine may hold
		cases["faulty: result of shape (1099511627776): needs"] = &faulty{wrt: yes, shape: shape(tensor.Shape{math.MaxInt>>23 + 1}, nil)}
	}
	for want, o := range cases {
		n, err := Apply(o, x)
		if n != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := Apply(&faulty{}); err == nil {
		t.Error("no error without inputs")
	}
	if _, err := Apply(&faulty{wrt: yes}, nil); err == nil {
		t.Error("no error for a nil input")
	}
	y, err := Apply(&faulty{wrt: yes}, x)
	if err != nil {
		t.Fatal(err)
	}
	_, err = gorgonia.Grad(gorgonia.Must(gorgonia.Sum(y)), x)
	if err == nil || !strings.Contains(err.Error(), "derivative of faulty: panic: no idea") {
		t.Errorf("a panic in Differentiate: %v", err)
	}
}

// endless is a list that holds itself.
func endless() []any {
	l := []any{nil}
	l[0] = l
	return l
}

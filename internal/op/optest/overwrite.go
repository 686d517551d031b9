package optest

import (
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Overwrites builds a node and its derivatives and computes every operation
// among them into memory of its own and over each operand that it allows: the
// bits must be equal. Other operands of one shape are tried as the same node
// too. It returns the names of the operations that overwrite something.
func Overwrites[T kernel.Float](build Build, inputs ...Input) ([]string, error) {
	g := gorgonia.NewGraph()
	var in, wrt gorgonia.Nodes
	for _, i := range inputs {
		in = append(in, Node[T](g, i))
		if !i.Fixed {
			wrt = append(wrt, in[len(in)-1])
		}
	}
	y, err := build(in...)
	if err != nil {
		return nil, err
	}
	if len(wrt) > 0 {
		dy := Node[T](g, X("upstream", y.Shape()...))
		if _, err := gorgonia.Backpropagate(gorgonia.Nodes{y}, gorgonia.Nodes{dy}, wrt); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, n := range g.AllNodes() {
		o := op.Of(n)
		if o == nil {
			continue
		}
		for _, over := range o.Overwrites() {
			names = append(names, o.Operation().Name())
			for _, same := range sharings(o, over) {
				if err := overwrite[T](o, over, same); err != nil {
					return nil, errors.Wrapf(err, "%v over operand %d, same operands %v", o, over, same)
				}
			}
		}
	}
	return names, nil
}

// sharings lists which operands, apart from the one that is overwritten, are
// the same: none, each pair of one shape, and all of the first one's shape.
func sharings(n *op.Node, over int) [][]int {
	all := [][]int{nil}
	var alike []int
	for i, a := range n.Inputs() {
		if i == over || a.Dtype() == tensor.Int {
			continue
		}
		if len(alike) == 0 || a.Shape().Eq(n.Inputs()[alike[0]].Shape()) {
			alike = append(alike, i)
		}
		for j, b := range n.Inputs()[:i] {
			if j != over && b.Dtype() != tensor.Int && a.Shape().Eq(b.Shape()) {
				all = append(all, []int{j, i})
			}
		}
	}
	if len(alike) > 2 {
		all = append(all, alike)
	}
	return all
}

func overwrite[T kernel.Float](n *op.Node, over int, same []int) error {
	operands := func() op.Args[T] {
		a := op.Args[T]{OutShape: n.OutShape(), Out: make([]T, n.OutShape().TotalSize())}
		for i, in := range n.Inputs() {
			a.Shapes = append(a.Shapes, in.Shape())
			size := in.Shape().TotalSize()
			switch {
			case in.Dtype() == tensor.Int:
				a.In, a.Ints = append(a.In, nil), append(a.Ints, make([]int, size))
			case len(same) > 0 && i != same[0] && slices.Contains(same, i):
				a.In, a.Ints = append(a.In, a.In[same[0]]), append(a.Ints, nil)
			default:
				a.In, a.Ints = append(a.In, numbers[T](i, size)), append(a.Ints, nil)
			}
		}
		return a
	}
	want, got := operands(), operands()
	if len(got.In[over]) != len(got.Out) {
		return errors.Errorf("the operand has %d elements, the result %d", len(got.In[over]), len(got.Out))
	}
	got.Out = got.In[over]
	for _, a := range []op.Args[T]{want, got} {
		if err := compute(n.Operation(), a); err != nil {
			return err
		}
	}
	for i := range want.Out {
		if !sameBits(got.Out[i], want.Out[i]) {
			return errors.Errorf("[%d] is %v, want %v", i, got.Out[i], want.Out[i])
		}
	}
	return nil
}

// numbers are n numbers between 1/2 and 3/2, others for every operand.
func numbers[T kernel.Float](operand, n int) []T {
	x := make([]T, n)
	at := 0.37 * float64(operand+1)
	for i := range x {
		if at += 0.6180339887; at >= 1 {
			at--
		}
		x[i] = T(0.5 + at)
	}
	return x
}

func compute[T kernel.Float](o op.Operation, args op.Args[T]) error {
	switch a := any(args).(type) {
	case op.Args[float32]:
		return o.Float32(a)
	case op.Args[float64]:
		return o.Float64(a)
	}
	return errors.Errorf("unknown operands %T", args)
}

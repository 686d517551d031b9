package passes

import (
	"slices"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// fuse joins an operation with the activation after it and, in inference, a
// convolution with the sum after it: the result is finished while it is in
// registers or in the cache. In training an activation joins only where the
// derivative still follows.
var fuse = Pass{
	Name:    "fuse",
	Purpose: "join convolutions, products, norms and sums with the sum and the activation after them",
	run:     bySweep(func(s *sweep) rule { return s.fuse }),
}

func (s *sweep) fuse(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	switch o := operation(n).(type) {
	case op.Activation:
		return s.fuseActivation(o.Activation(), n, in)
	case op.Sum:
		if !s.set.Training && len(in) > 1 {
			return s.fuseSum(n, in)
		}
	}
	return nil, nil
}

func (s *sweep) fuseActivation(a kernel.Act, n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	before, ok := operation(in[0]).(op.ActivationTaker)
	if !ok || !s.alone(n, 0) {
		return nil, nil
	}
	operands := op.Of(in[0]).Inputs()
	joined, ok := before.TakeActivation(a, len(operands), s.set.Training)
	if !ok {
		return nil, nil
	}
	y, err := op.Apply(joined, operands...)
	s.note(y, in[0], "takes %s", op.Of(n).Operation().Name())
	return y, err
}

// fuseSum lets the first term that can take the others.
func (s *sweep) fuseSum(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	for i := range in {
		before, ok := operation(in[i]).(op.SumTaker)
		if !ok || !s.alone(n, i) || !s.apart(n, i) {
			continue
		}
		operands := op.Of(in[i]).Inputs()
		joined, ok := before.TakeSum(len(operands))
		if !ok {
			continue
		}
		rest := append(append(gorgonia.Nodes{}, in[:i]...), in[i+1:]...)
		others, err := ops.Add(rest...)
		if err != nil {
			return nil, err
		}
		y, err := op.Apply(joined, append(operands[:len(operands):len(operands)], others)...)
		s.note(y, in[i], "takes the sum with %s", nameOf(others))
		return y, err
	}
	return nil, nil
}

// apart reports whether none of n's other operands is computed from operand i,
// which could not wait for them then.
func (s *sweep) apart(n *gorgonia.Node, i int) bool {
	old := op.Inputs(n)
	for k, c := range old {
		if k != i && slices.Contains(op.Topological(c), old[i]) {
			return false
		}
	}
	return true
}

// nameOf is the operation's name, or the variable's.
func nameOf(n *gorgonia.Node) string {
	if o := operation(n); o != nil {
		return o.Name()
	}
	return n.Name()
}

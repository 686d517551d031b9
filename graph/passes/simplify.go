package passes

import (
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// simplify takes out operations that change nothing and makes one of two that
// can be said as one: a reshape of a reshape, a factor of a factor.
var simplify = Pass{
	Name:    "simplify",
	Purpose: "take out what changes nothing, join reshapes and factors",
	run:     bySweep(func(s *sweep) rule { return s.simplify }),
}

func (s *sweep) simplify(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	switch o := operation(n).(type) {
	case op.Reshaping:
		x := in[0]
		if before, ok := operation(x).(op.Reshaping); ok && before.Reshapes() {
			x = op.Inputs(x)[0]
		}
		if n.Shape().Eq(x.Shape()) {
			s.note(x, nil, "%s to its own shape taken out", op.Of(n).Operation().Name())
			return x, nil
		}
		if x == in[0] {
			return nil, nil
		}
		y, err := op.Apply(op.Of(n).Operation(), x)
		s.note(y, nil, "joined with the reshape before it")
		return y, err
	case op.Scaling:
		x, factor := in[0], o.Factor()
		if before, ok := operation(x).(op.Scaling); ok && s.alone(n, 0) {
			x, factor = op.Inputs(x)[0], factor*before.Factor()
		}
		if factor == 1 {
			s.note(x, nil, "factor 1 taken out")
			return x, nil
		}
		if x == in[0] {
			return nil, nil
		}
		y, err := op.Apply(o.WithFactor(factor), x)
		s.note(y, nil, "joined with the factor before it")
		return y, err
	case op.Selection:
		if o.Whole(op.Of(n)) {
			s.note(in[0], nil, "%s of all taken out", op.Of(n).Operation().Name())
			return in[0], nil
		}
	}
	return nil, nil
}

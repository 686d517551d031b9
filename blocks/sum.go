package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Sum applies every branch to the same input and adds the results:
//
//	y = b_0(x) + b_1(x) + ...
//
// Identity{} is the branch that is x itself, so that Sum{body, Identity{}} is
// the residual combination; an activation of the sum follows in a Sequence. A
// branch's name is its position, "0", "1", ..., unless As gives it one.
// Residual and Bottleneck are the units of residual networks under the usual
// names.
//
//	Input:  what the branches take
//	Output: what each of them gives, all of one shape
type Sum []Block

var _ fusable = Sum{}

// Build builds the branches and their sum.
func (m Sum) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return m.buildFused(s, x, fusion{})
}

// takes what a sum of two can compute.
func (m Sum) takes(a activations.Activation) bool {
	_, ok := fusedAct(a)
	return ok && len(m) > 1
}

// buildFused builds one branch after all others, so that its last convolution
// can take the sum.
func (m Sum) buildFused(s *graph.Scope, x *gorgonia.Node, f fusion) (*gorgonia.Node, error) {
	if len(m) < 2 {
		return nil, errors.Errorf("sum: number of branches is %d, want at least 2; Identity{} is the input itself", len(m))
	}
	branches := named(m)
	last := m.last(branches)
	var others gorgonia.Nodes
	for i, b := range branches {
		if i == last {
			continue
		}
		y, err := b.Build(s, x)
		if err != nil {
			return nil, err
		}
		if len(others) > 0 && !y.Shape().Eq(others[0].Shape()) {
			return nil, errors.Errorf("sum of %v and %v: want equal shapes", others[0].Shape(), y.Shape())
		}
		others = append(others, y)
	}
	skip := others[0]
	if len(others) > 1 {
		var err error
		if skip, err = ops.Add(others...); err != nil {
			return nil, err
		}
	}
	return chain(s, x, branches[last:last+1], end{skip: skip, act: f.act})
}

// last is the last branch that computes something.
func (Sum) last(branches []Named) int {
	for i := len(branches) - 1; i > 0; i-- {
		if _, ok := branches[i].Block.(Identity); !ok {
			return i
		}
	}
	return 0
}

// Kind is "Sum": its branches are listed below it.
func (Sum) Kind() string { return "Sum" }

// String lists the branches, one a line.
func (m Sum) String() string { return m.outline(nil) }

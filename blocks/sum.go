package blocks

import (
	"github.com/pkg/errors"
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

// Build builds the branches and their sum.
func (m Sum) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if len(m) < 2 {
		return nil, errors.Errorf("sum: number of branches is %d, want at least 2; Identity{} is the input itself", len(m))
	}
	terms := make(gorgonia.Nodes, len(m))
	for i, b := range named(m) {
		var err error
		if terms[i], err = b.Build(s, x); err != nil {
			return nil, err
		}
		if !terms[i].Shape().Eq(terms[0].Shape()) {
			return nil, errors.Errorf("sum of %v and %v: want equal shapes", terms[0].Shape(), terms[i].Shape())
		}
	}
	return ops.Add(terms...)
}

// Kind is "Sum": its branches are listed below it.
func (Sum) Kind() string { return "Sum" }

// String lists the branches, one a line.
func (m Sum) String() string { return m.outline(nil) }

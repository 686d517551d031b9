package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Parallel applies every branch to the same input and joins the results along
// the channels. A branch's name is its position, "0", "1", ..., unless As gives
// it one.
//
//	Input:  what the branches take
//	Output: (N, sum of the branches' channels, ...), the branches' other sizes being equal
type Parallel []Block

// Build builds the branches and the concatenation.
func (p Parallel) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if len(p) == 0 {
		return nil, errors.New("parallel: no branches")
	}
	out := make(gorgonia.Nodes, len(p))
	for i, b := range named(p) {
		y, err := b.Build(s, x)
		if err != nil {
			return nil, err
		}
		out[i] = y
	}
	return join(out)
}

// join concatenates along the channels.
func join(branches gorgonia.Nodes) (*gorgonia.Node, error) {
	if len(branches) == 1 {
		return branches[0], nil
	}
	return ops.Concat(branches...)
}

// Kind is "Parallel": its branches are listed below it.
func (Parallel) Kind() string { return "Parallel" }

// String lists the branches, one a line.
func (p Parallel) String() string { return p.outline(nil) }

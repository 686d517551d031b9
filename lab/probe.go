package lab

import (
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// probe lets the loss's gradient with respect to an activation be read: it adds
// a parameter of the activation's own shape that is zero,
//
//	y = x + p,  p = 0,  so that dL/dp = dL/dx
//
// and that parameter's gradient is among the program's. It is of use in programs
// that are not trained with an optimizer.
type probe struct{}

// Build adds the parameter, called "probe".
func (probe) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	p, err := s.Param("probe", x.Shape().Clone(), graph.Zeros)
	if err != nil {
		return nil, err
	}
	return ops.Add(x, p)
}

package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// Sum is the residual combination y = act(body(x) + shortcut(x)).
//
//	Input:  what both take
//	Output: what both give, of equal shapes
//
// Parts are called "body", "shortcut" and "act". Residual and Bottleneck are
// the units of residual networks under the usual names.
type Sum struct {
	Body     Block                  // required
	Shortcut Block                  // nil means x itself
	Act      activations.Activation // nil means none
}

// Build builds shortcut, body and sum.
func (r Sum) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if r.Body == nil {
		return nil, errors.New("sum: Body is nil, want a block")
	}
	skip := x
	if r.Shortcut != nil {
		var err error
		if skip, err = s.Build("shortcut", r.Shortcut, x); err != nil {
			return nil, err
		}
	}
	return chain(s, x, []Named{{"body", r.Body}}, end{skip, r.Act, "act"})
}

// Kind is "Sum": its parts are listed below it.
func (Sum) Kind() string { return "Sum" }

// String lists the parts, one a line.
func (r Sum) String() string {
	var parts []Named
	if r.Shortcut != nil {
		parts = append(parts, Named{"shortcut", r.Shortcut})
	}
	parts = append(parts, Named{"body", r.Body})
	if r.Act != nil {
		parts = append(parts, Named{"act", Act{r.Act}})
	}
	return list("Sum", parts)
}

package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Flatten makes one vector of every sample.
//
//	Input:  (N, ...)
//	Output: (N, features)
type Flatten struct{}

// Build flattens x; what is flat already passes as it is.
func (Flatten) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	switch x.Dims() {
	case 0, 1:
		return nil, errors.Errorf("flatten: input has shape %v, want (N, ...)", x.Shape())
	case 2:
		return x, nil
	}
	return ops.Flatten(x)
}

func (Flatten) String() string { return "Flatten" }

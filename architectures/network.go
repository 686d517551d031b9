package architectures

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

var _ blocks.Block = Network{}

// Network is a built architecture.
type Network struct {
	Architecture Architecture
	Body         blocks.Block
}

// Build builds the body. An image that is too small is an error that names the
// layer it does not fit and the smallest size that fits everywhere.
func (n Network) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	a, shape := n.Architecture, x.Shape()
	if len(shape) != 4 {
		return nil, errors.Errorf("%s: input has shape %v, want images (N, C, H, W)", a.Name, shape)
	}
	y, err := s.Build("", n.Body, x)
	if err != nil && min(shape[2], shape[3]) < a.MinSize {
		return nil, errors.WithMessagef(err, "%s takes images of %dx%d or larger, got %dx%d", a.Name, a.MinSize, a.MinSize, shape[2], shape[3])
	}
	return y, err
}

// Kind is the architecture's title.
func (n Network) Kind() string { return n.Architecture.Title }

// String lists the layers.
func (n Network) String() string { return fmt.Sprintf("%s: %v", n.Architecture.Title, n.Body) }

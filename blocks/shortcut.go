package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Shortcut says how a residual unit carries its input past the body (He et al.
// 2015, arXiv 1512.03385, section 4.1).
type Shortcut uint8

const (
	// Projection is option B: a 1x1 convolution with norm where the shape
	// changes, the input itself elsewhere.
	Projection Shortcut = iota
	// IdentityPadding is option A, without parameters: where the shape changes
	// every stride-th row and column, with channels of zeros on both sides.
	IdentityPadding
	// ProjectionAlways is option C: a projection in every unit.
	ProjectionAlways
	// NoShortcut leaves the input out: the plain counterpart of the unit.
	NoShortcut
)

// String is the option's name.
func (k Shortcut) String() string {
	switch k {
	case Projection:
		return "projection"
	case IdentityPadding:
		return "identity padding"
	case ProjectionAlways:
		return "projection always"
	case NoShortcut:
		return "no shortcut"
	}
	return fmt.Sprintf("shortcut %d", uint8(k))
}

// identity reports whether x itself goes past the body.
func (k Shortcut) identity(x *gorgonia.Node, out, stride int) bool {
	return k != ProjectionAlways && stride == 1 && x.Shape()[1] == out
}

// zeroPadding is option A's shortcut.
type zeroPadding struct{ out, stride int }

func (z zeroPadding) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	more := z.out - x.Shape()[1]
	if more < 0 {
		return nil, errors.Errorf("identity padding: input has %d channels, cannot become %d: use Projection", x.Shape()[1], z.out)
	}
	var err error
	if z.stride > 1 {
		if x, err = ops.Subsample(x, [2]int{z.stride, z.stride}); err != nil {
			return nil, err
		}
	}
	if more == 0 {
		return x, nil
	}
	return ops.PadChannels(x, more/2, more-more/2)
}

func (z zeroPadding) String() string { return fmt.Sprintf("IdentityPadding to %d", z.out) }

package lab

import (
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// shrink is the shortcut without parameters where images become half as large and
// channels twice as many: every second row and column, and channels of zeros on
// both sides (He et al. 2015, option A).
type shrink struct{}

// Build adds both.
func (shrink) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := ops.Subsample(x, [2]int{2, 2})
	if err != nil {
		return nil, err
	}
	c := x.Shape()[1]
	return ops.PadChannels(y, c/2, c-c/2)
}

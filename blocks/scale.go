package blocks

import (
	"fmt"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Scale multiplies by a number that is not trained, such as 1/9 for the outputs
// of a network whose gradients would be too large at first.
//
//	Input:  any shape
//	Output: the same
type Scale struct {
	Factor float64 // 0 means 1
}

// Build adds the product; a factor of 1 adds nothing.
func (b Scale) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if b.Factor == 0 || b.Factor == 1 {
		return x, nil
	}
	return ops.Scale(x, b.Factor)
}

// String describes it: "Scale by 0.111".
func (b Scale) String() string {
	if b.Factor == 0 {
		b.Factor = 1
	}
	return fmt.Sprintf("Scale by %.3g", b.Factor)
}

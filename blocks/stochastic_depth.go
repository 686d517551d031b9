package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// StochasticDepth drops the branch of a residual combination: in training all of
// an image's values become zero with probability P and are multiplied by 1/(1-P)
// otherwise, so that nothing is left to do in inference. Masks follow as those of
// Dropout. Residual and Bottleneck have it as a field.
//
//	Input, output: (N, ...)
//
// Huang, Sun, Liu, Sedra and Weinberger 2016, Deep Networks with Stochastic
// Depth, arXiv 1603.09382.
type StochasticDepth struct {
	P     float64 // at least 0 and less than 1; 0 drops nothing
	Batch bool    // for all images of a batch at once instead of for each by itself
}

// Build adds the mask in training.
func (d StochasticDepth) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if err := checkDepth(d.P); err != nil {
		return nil, err
	}
	if d.P == 0 || !s.Dropout() {
		return x, nil
	}
	return ops.StochasticDepth(x, ops.StochasticDepthConfig{P: d.P, Batch: d.Batch, Seed: s.Seed()})
}

func checkDepth(p float64) error {
	if p >= 0 && p < 1 {
		return nil
	}
	return errors.Errorf("stochastic depth: P = %v, want at least 0 and less than 1", p)
}

// String describes it: "StochasticDepth 0.2".
func (d StochasticDepth) String() string {
	if d.Batch {
		return fmt.Sprintf("StochasticDepth %g of whole batches", d.P)
	}
	return fmt.Sprintf("StochasticDepth %g", d.P)
}

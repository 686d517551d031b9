package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Dropout sets every element to zero with probability P in training and
// multiplies the others by 1/(1-P), so that nothing is left to do in inference.
// Masks follow from the store's seed, the block's place in the network and the
// number of the step.
//
//	Input, output: any shape
//
// Srivastava et al. 2014, Dropout: A Simple Way to Prevent Neural Networks from
// Overfitting, JMLR 15.
type Dropout struct {
	P float64 // in [0, 1); 0 drops nothing
}

// Build adds the mask in training.
func (d Dropout) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if !(d.P >= 0 && d.P < 1) {
		return nil, errors.Errorf("dropout: P = %v, want a probability in [0, 1)", d.P)
	}
	if d.P == 0 || !s.Dropout() {
		return x, nil
	}
	return ops.Dropout(x, d.P, s.Seed())
}

func (d Dropout) String() string { return fmt.Sprintf("Dropout %g", d.P) }

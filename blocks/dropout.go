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
	P float64 // less than 1; 0 means 0.5; below 0 drops nothing
}

// Build adds the mask in training.
func (d Dropout) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	p := orDropout(d.P, 0.5)
	if !(p < 1) {
		return nil, errors.Errorf("dropout: P = %v, want a probability below 1", d.P)
	}
	if p < 0 || !s.Dropout() {
		return x, nil
	}
	return ops.Dropout(x, ops.DropoutConfig{P: p, Seed: s.Seed()})
}

// String describes it: "Dropout 0.5".
func (d Dropout) String() string {
	if d.P < 0 {
		return "no dropout"
	}
	return fmt.Sprintf("Dropout %g", orDropout(d.P, 0.5))
}

// orDropout is the probability of a block that was published with another;
// below 0 there is no dropout.
func orDropout(p, published float64) float64 {
	if p == 0 {
		return published
	}
	return p
}

// appendDropout appends dropout, if there is any.
func appendDropout(parts []Named, name string, p float64) []Named {
	if p < 0 {
		return parts
	}
	return append(parts, Named{name, Dropout{p}})
}

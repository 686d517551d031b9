package architectures

import (
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
)

// Options are what may be changed in an architecture. The zero value is the
// network as published.
type Options struct {
	Classes int                    // 0 means as published
	Act     activations.Activation // replaces every ReLU; nil means ReLU
	Norm    blocks.Block           // replaces every batch norm; blocks.Identity{} is none, nil means batch norm
	Dropout float64                // probability of the dropout layers; 0 means as published, below 0 none
}

// dropout is the layer of a network that was published with probability p.
func (o Options) dropout(p float64) blocks.Dropout {
	if o.Dropout != 0 {
		p = o.Dropout
	}
	return blocks.Dropout{P: p}
}

// width is how many outputs a layer needs for the activation after it to
// leave n.
func (o Options) width(n int) int { return n * max(o.Act.InputsPerOutput(), 1) }

// act is the activation as a layer.
func (o Options) act() blocks.Act { return blocks.Act{Func: o.Act} }

// norm is the norm of a network that was published with the one given.
func (o Options) norm(published blocks.Block) blocks.Block {
	if o.Norm == nil {
		return published
	}
	return o.Norm
}

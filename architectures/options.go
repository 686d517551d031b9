package architectures

import (
	"math"
	"reflect"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/internal/size"
)

// Options are what may be changed in an architecture. The zero value is the
// network as published.
type Options struct {
	Classes int                    // 0 means as published
	Act     activations.Activation // replaces every activation; nil means as published, activations.Identity{} none
	Norm    blocks.Block           // replaces every batch norm; nil means as published, blocks.Identity{} none
	Dropout float64                // probability of the dropout layers; 0 means as published, below 0 none
	// StochasticDepth is the probability that the last residual unit's branch is
	// dropped in training; it grows with depth from nearly none, unit l of L having
	// StochasticDepth*l/L. 0 is none; only residual networks may have another.
	StochasticDepth float64
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
func (o Options) width(n int) int {
	w, err := size.Product(n, max(o.Act.InputsPerOutput(), 1))
	if err != nil {
		return math.MaxInt // refused when the layer is built
	}
	return w
}

// check refuses what no network of that many classes can have.
func (o Options) check() error {
	switch {
	case o.Classes < 1:
		return errors.Errorf("%d classes, want at least 1", o.Classes)
	case !(o.Dropout < 1):
		return errors.Errorf("dropout probability is %v, want less than 1", o.Dropout)
	case !(o.StochasticDepth >= 0 && o.StochasticDepth < 1):
		return errors.Errorf("stochastic depth is %v, want at least 0 and less than 1", o.StochasticDepth)
	case isNil(o.Act):
		return errors.Errorf("Options.Act is a nil %T", o.Act)
	case isNil(o.Norm):
		return errors.Errorf("Options.Norm is a nil %T", o.Norm)
	}
	return nil
}

// isNil reports whether an interface holds a nil pointer.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// act is the activation as a layer.
func (o Options) act() blocks.Act { return blocks.Act{Func: o.Act} }

// norm is the norm of a network that was published with the one given.
func (o Options) norm(published blocks.Block) blocks.Block {
	if o.Norm == nil {
		return published
	}
	return o.Norm
}

package ops

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// applyAffine adds the weight and the bias to the inputs, which come together
// or not at all.
func applyAffine(o op.Operation, weight, bias *gorgonia.Node, inputs ...*gorgonia.Node) (*gorgonia.Node, error) {
	switch {
	case weight == nil && bias == nil:
		return op.Apply(o, inputs...)
	case weight == nil || bias == nil:
		return nil, errors.Errorf("%s: weight and bias: want both or none", o.Name())
	}
	return op.Apply(o, append(inputs, weight, bias)...)
}

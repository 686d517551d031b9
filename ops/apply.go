package ops

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// apply makes the node of an operation without integer inputs.
func apply(o op.Operation, inputs ...*gorgonia.Node) (*gorgonia.Node, error) {
	for i, in := range inputs {
		if isInt(in) {
			return nil, errors.Errorf("%s: input %d (%s) is int, want float32 or float64", o.Name(), i, in.Name())
		}
	}
	return op.Apply(o, inputs...)
}

// isInt reports whether a node holds integers. Of a node without a type it
// does not ask: that panics.
func isInt(n *gorgonia.Node) bool {
	if n == nil {
		return false
	}
	dt, ok := op.Dtype(n)
	return ok && dt == tensor.Int
}

// applyAffine adds the weight and the bias to the inputs, which come together
// or not at all.
func applyAffine(o op.Operation, weight, bias *gorgonia.Node, inputs ...*gorgonia.Node) (*gorgonia.Node, error) {
	switch {
	case weight == nil && bias == nil:
		return apply(o, inputs...)
	case weight == nil || bias == nil:
		return nil, errors.Errorf("%s: weight and bias: want both or none", o.Name())
	}
	return apply(o, append(inputs, weight, bias)...)
}

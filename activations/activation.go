// Package activations has the functions that stand between layers, each a
// Gorgonia operation with a symbolic derivative (apart from Step, which has none
// of use).
//
// An Activation is a configuration value: it can be compared, printed, put in
// a struct literal and looked up by name. Apply works on any node of a Gorgonia
// graph:
//
//	y, err := activations.LeakyReLU{Slope: 0.1}.Apply(x)
//	a, err := activations.Lookup("elu:0.5")
//
// All functions work in float32 and float64 and are safe far from zero: values
// and derivatives are finite at least up to ±1e18. NaN gives NaN.
package activations

import (
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Activation is one activation function with its settings. Blocks take it as
// configuration. The types of this package are structs that can be compared and
// whose zero value is the usual case: activations.ELU{} has an alpha of 1. A
// Pointwise is equal to itself alone.
//
// To define one outside this package, make a Pointwise of a function and its
// derivative, or embed Custom and write String and Apply.
type Activation interface {
	// String is the name with its settings as Lookup parses it: "relu",
	// "leaky_relu:0.1", "maxout:2".
	String() string
	// Apply adds the function of x to x's graph. params are the nodes of the
	// learned parameters, in the order of Parameters.
	Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error)
	// Parameters lists the learned parameters for an input of so many
	// channels. Most functions have none.
	Parameters(channels int) []Parameter
	// InputsPerOutput is the number of input channels that go into one output
	// channel: k for Maxout of k pieces, otherwise 1. The layer before must be
	// that much wider.
	InputsPerOutput() int
	// Fused is the function as operations compute it together with their own
	// arithmetic, nil for the identity, and false if it must stand alone.
	Fused() (ops.Act, bool)
}

// Parameter is a learned parameter that an activation wants.
type Parameter struct {
	Name  string // last part of its dotted name: "weight"
	Shape tensor.Shape
	Start float64 // every element's value before training
}

// Custom is embedded by activations that are defined outside this package. It
// says what holds for most: no learned parameters, one input an output,
// computed on its own.
type Custom struct{}

// Parameters is nil.
func (Custom) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Custom) InputsPerOutput() int { return 1 }

// Fused is false.
func (Custom) Fused() (ops.Act, bool) { return nil, false }

// apply applies a function that is f to operations.
func apply(a Activation, f ops.Act, x *gorgonia.Node, params []*gorgonia.Node) (*gorgonia.Node, error) {
	if err := noParameters(a, params); err != nil {
		return nil, err
	}
	return ops.Activate(x, f)
}

// noParameters refuses nodes for parameters that an activation doesn't have.
func noParameters(a Activation, params []*gorgonia.Node) error {
	if len(params) > 0 {
		return errors.Errorf("%v: got %d parameters, has none", a, len(params))
	}
	return nil
}

// orElse is a setting, or its default where it is zero.
func orElse(v, standard float64) float64 {
	if v == 0 {
		return standard
	}
	return v
}

// named is the name with the setting, if there is one.
func named(name string, setting float64) string {
	if setting == 0 {
		return name
	}
	return name + ":" + number(setting)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Package activations has the functions that stand between layers, each a
// Gorgonia operation with a symbolic derivative.
//
// An Activation is a configuration value: it can be compared, printed, put in
// a struct literal and looked up by name. Apply works on any node of a Gorgonia
// graph:
//
//	y, err := activations.LeakyReLU(0.1).Apply(x)
//	a, err := activations.Lookup("elu:0.5")
//
// All functions work in float32 and float64 and are safe far from zero: values
// and derivatives are finite at least up to ±1e18. NaN gives NaN.
package activations

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Activation is one activation function with its settings. Blocks take it as
// configuration, where nil means none. Values of this package are comparable:
// activations.ELU(1) == activations.ELU(1).
//
// To define one outside this package, embed Custom and write String and Apply.
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
	// Pieces is the number of input channels that go into one output channel:
	// k for Maxout(k), otherwise 1. The layer before must be that much wider.
	Pieces() int
	// Kernel is the function as layers compute it together with their own
	// arithmetic, and false if it must stand alone.
	Kernel() (kernel.Act, bool)
}

// Parameter is a learned parameter that an activation wants.
type Parameter struct {
	Name  string // last part of its dotted name: "weight"
	Shape tensor.Shape
	Start float64 // every element's value before training
}

// Custom is embedded by activations that are defined outside this package. It
// says what holds for most: no learned parameters, one piece, computed on its
// own.
type Custom struct{}

// Parameters is nil.
func (Custom) Parameters(int) []Parameter { return nil }

// Pieces is 1.
func (Custom) Pieces() int { return 1 }

// Kernel is false.
func (Custom) Kernel() (kernel.Act, bool) { return kernel.Act{}, false }

// noParameters refuses nodes for parameters that an activation doesn't have.
func noParameters(a Activation, params []*gorgonia.Node) error {
	if len(params) > 0 {
		return errors.Errorf("%v: got %d parameters, has none", a, len(params))
	}
	return nil
}

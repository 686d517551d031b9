package activations

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Step is the threshold of the first artificial neurons:
//
//	f(x) = 1 for x > 0, else 0
//
// Range: {0, 1}. Use it to show why perceptrons of more than one layer could
// not be trained: its derivative is 0 wherever it exists, so differentiating
// through it is an error. Sigmoid and HardSigmoid are its trainable relatives.
//
// McCulloch and Pitts 1943, A Logical Calculus of the Ideas Immanent in Nervous
// Activity; Rosenblatt 1958, The Perceptron.
var Step Activation = step{}

type step struct{}

func (step) String() string { return "step" }

func (step) Parameters(int) []Parameter { return nil }

func (step) Pieces() int { return 1 }

// Kernel is false: computed as part of a layer, the missing derivative would
// pass for zero.
func (step) Kernel() (kernel.Act, bool) { return kernel.Act{}, false }

func (s step) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if err := noParameters(s, params); err != nil {
		return nil, err
	}
	return op.Apply(stepForward{}, x)
}

// stepForward is the operation. It is Differentiable only to refuse with a
// reason.
type stepForward struct{}

var (
	_ op.Differentiable = stepForward{}
	_ op.Overwriter     = stepForward{}
)

func (stepForward) Name() string       { return "step" }
func (stepForward) Attributes() string { return "" }
func (stepForward) Overwrites() []int  { return []int{0} }

func (stepForward) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }

func (stepForward) Float32(a op.Args[float32]) error {
	return computeForward(kernel.Act{Kind: kernel.ActStep}, a)
}

func (stepForward) Float64(a op.Args[float64]) error {
	return computeForward(kernel.Act{Kind: kernel.ActStep}, a)
}

func (stepForward) Differentiate(gorgonia.Nodes, *gorgonia.Node, *gorgonia.Node) (gorgonia.Nodes, error) {
	return nil, errors.New("the step function is flat beside its jump and has no useful gradient; to train through it use a smooth relative: sigmoid, hard_sigmoid or tanh")
}

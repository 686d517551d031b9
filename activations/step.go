package activations

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
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
type Step struct{}

var _ Activation = Step{}

// String is "step".
func (Step) String() string { return "step" }

// Apply adds f(x) to x's graph.
func (a Step) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if err := noParameters(a, params); err != nil {
		return nil, err
	}
	return op.Apply(stepForward{}, x)
}

// Parameters is nil.
func (Step) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (Step) InputsPerOutput() int { return 1 }

// Fused is false: computed as part of a layer, the missing derivative would
// pass for zero.
func (Step) Fused() (ops.Act, bool) { return nil, false }

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

func (stepForward) Float32(a op.Args[float32]) error { return computeStep(a) }
func (stepForward) Float64(a op.Args[float64]) error { return computeStep(a) }

func computeStep[T kernel.Float](a op.Args[T]) error {
	kernel.ActForward(kernel.Act{Kind: kernel.ActStep}, a.In[0], a.Out)
	return nil
}

func (stepForward) Differentiate(gorgonia.Nodes, *gorgonia.Node, *gorgonia.Node) (gorgonia.Nodes, error) {
	return nil, errors.New("the step function is flat beside its jump and has no useful gradient; to train through it use a smooth relative: sigmoid, hard_sigmoid or tanh")
}

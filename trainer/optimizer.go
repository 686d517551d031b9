package trainer

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Optimizer changes parameters in the direction of their gradients.
//
// The optimizers here are pointers to structs whose fields are the
// hyper-parameters, and hold their memory of past gradients themselves: one
// value serves one network and must not be copied after its first update. Zero
// fields mean PyTorch's defaults.
type Optimizer interface {
	// Step updates nodes of a Gorgonia graph after gorgonia.Grad and a run with
	// gorgonia.BindDualValues. Like Gorgonia's own solvers it sets the
	// gradients to zero afterwards, because those accumulate.
	gorgonia.Solver

	// Update takes one step on all parameters, which may be float32 or float64.
	// It allocates nothing that grows with their number after the first call.
	// On an error no parameter has changed.
	Update(params []Parameter) error

	// BaseLR is the configured learning rate, from which schedules start.
	// LearningRate is the one in use: the last one set, or BaseLR.
	BaseLR() float64
	LearningRate() float64
	SetLR(lr float64)

	// State is a copy of what the optimizer remembers; SetState makes an
	// optimizer of the same kind go on from there.
	State() State
	SetState(State) error
}

// State is an optimizer's memory, to be kept in a checkpoint.
type State struct {
	Optimizer  string // kind: "sgd", "adam", "adamw", "rmsprop", "adagrad"
	LR         float64
	Parameters []ParameterState // in the order of the first update
}

// ParameterState is what an optimizer remembers of one parameter. The tensors have
// the parameter's shape and PyTorch's names, such as "exp_avg".
type ParameterState struct {
	Name    string
	Updates int // updates so far
	Tensors map[string]*tensor.Dense
}

// orDefault implements the rule for hyper-parameters: zero means PyTorch's
// default, a negative number means zero.
func orDefault(v, def float64) float64 {
	switch {
	case v == 0:
		return def
	case v < 0:
		return 0
	}
	return v
}

package op

import "github.com/stheno-ml/stheno/internal/kernel"

// What follows is what passes over a graph ask of operations, so that they need
// not know their types.

// Activation is an Operation that applies a function to every element of its
// only input.
type Activation interface {
	Activation() kernel.Act
}

// ActivationTaker is an Operation that can apply an activation to its result in
// the same pass over memory.
type ActivationTaker interface {
	// TakeActivation is the operation, of so many inputs, with the activation
	// after it, false where it can't or has one already. With derivative the
	// result must be Differentiable.
	TakeActivation(a kernel.Act, inputs int, derivative bool) (Operation, bool)
}

// SumTaker is an Operation without a derivative in mind that can add a further
// input to its result.
type SumTaker interface {
	// TakeSum is the operation, of so many inputs, with one more that is added
	// to its result before its activation; false where it can't.
	TakeSum(inputs int) (Operation, bool)
}

// NormTaker is an Operation on x, a weight (O, ...) and perhaps a bias (O) that
// is linear in both and makes O channels: a factor a channel and a shift may move
// into them.
type NormTaker interface {
	TakesNorm() bool
}

// Normalization is batch norm in inference,
//
//	y = act((x - mean)/sqrt(variance + eps)*weight + bias)
//
// on x, mean, variance, weight and bias.
type Normalization interface {
	// Normalization is false where the operation is something else after all:
	// in training, or without weight and bias.
	Normalization(inputs int) (eps float64, a kernel.Act, ok bool)
}

// Sum is an Operation that adds its inputs up.
type Sum interface {
	Sums() bool
}

// Reshaping is an Operation whose result is its only input's elements in their
// order, in another shape.
type Reshaping interface {
	Reshapes() bool
}

// Scaling is an Operation that multiplies its only input by a number.
type Scaling interface {
	Factor() float64
	// WithFactor is the operation with another one.
	WithFactor(factor float64) Operation
}

// Selection is an Operation that gives its only input itself where it has
// nothing to leave out or to add.
type Selection interface {
	Whole(n *Node) bool
}

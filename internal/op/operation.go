// Package op makes Gorgonia operations out of small descriptions.
//
// An Operation says what an operation computes: its name, the shape of its
// result, its arithmetic and its derivative. Apply adds it to an expression
// graph as a node whose Gorgonia op follows the rules that the tape machine
// needs: it owns its output and hands out the same tensor at every run, it
// never panics inside the machine, and two different operations never merge
// into one node.
package op

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Args are the operands of one run. Floating-point inputs stand in In, integer
// inputs (labels) in Ints, both at the input's index; the other is nil there.
// A scalar is a slice of length one. Out is overwritten.
type Args[T kernel.Float] struct {
	Out      []T
	OutShape tensor.Shape
	In       [][]T
	Ints     [][]int
	Shapes   []tensor.Shape // of the inputs
}

// Operation describes one operation. The same value may serve many nodes, so
// it holds configuration only; what a derivative needs from the forward pass
// reaches it as an input, never as state.
type Operation interface {
	// Name is what error messages and drawings call it: "conv2d".
	Name() string
	// Attributes writes every setting out in full: nodes of equal name,
	// attributes and inputs are one node.
	Attributes() string
	// Shape infers the result's shape or refuses the inputs' shapes. The
	// scalar shape is tensor.ScalarShape().
	Shape(in []tensor.Shape) (tensor.Shape, error)
	// Float32 and Float64 compute one run.
	Float32(a Args[float32]) error
	Float64(a Args[float64]) error
}

// Differentiable is an Operation with a symbolic derivative.
type Differentiable interface {
	Operation
	// Differentiate returns, for every input, the node of the loss's gradient
	// with respect to it, of that input's shape; nil where Wrt says no.
	Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error)
}

// Partial is a Differentiable that has no derivative in some of its inputs.
// Without it all are differentiable.
type Partial interface {
	Wrt(inputs int) []bool
}

// Integral is an Operation with integer inputs, such as labels. Without it all
// inputs are floating-point.
type Integral interface {
	TakesInts(input int) bool
}

// Overwriter is an Operation that may write its result over one of its inputs
// (elementwise operations). The indices of such inputs are listed in order of
// preference; a memory planner uses one only where that input is dead after and
// stands once among the inputs: an operation may read its other inputs after it
// has begun to write.
type Overwriter interface {
	Overwrites() []int
}

// Costed is an Operation that knows how many multiply-additions a run takes.
type Costed interface {
	MACs(in []tensor.Shape, out tensor.Shape) int64
}

// Identified is an Operation with state of its own (dropout's counter): two of
// them are never the same node, whatever their attributes.
type Identified interface {
	Identity() string
}

// Stepper is an Operation whose result depends on how often it ran (dropout).
type Stepper interface {
	SetStep(step uint64)
}

// Package ops holds neural network operations on bare Gorgonia nodes.
//
// A constructor takes nodes, and a configuration whose zero value is the usual
// case, and returns the node of the result:
//
//	y, err := ops.Conv2D(x, weight, bias, ops.Conv2DConfig{Stride: [2]int{2, 2}})
//
// Every operation works in float32 and float64 and has a symbolic derivative,
// so gorgonia.Grad differentiates through graphs that mix these operations with
// Gorgonia's own; what serves inference or running averages alone has none and
// says so. Results follow PyTorch's conventions.
//
// A constructor returns an error, before anything large is allocated, for
// shapes and settings it cannot compute, for nodes that are nil, have no type
// or shape, differ in type or belong to different graphs, and for a result that
// this machine's memory can't hold. The comments below name what else.
//
// Images are (N, C, H, W): samples, channels, rows, columns. A pair of numbers
// such as a stride is {vertical, horizontal}.
//
// Each operation owns the memory of its result and hands out the same tensor
// at every run: copy a value that is to outlive the next one. Do not feed a
// result to a Gorgonia operation that works in place, such as
// gorgonia.Reshape; use Reshape and Flatten of this package.
//
// Apply makes nodes of operations of one's own.
package ops

package ops

import (
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Operation is an operation of one's own, for Apply to make nodes of. It is a
// value of settings, such as struct{ Eps float64 }: what a run computes follows
// from the settings and the inputs alone, and what the derivative needs from the
// forward pass reaches it as an input, never through a field.
//
// An Operation with a derivative is a Differentiable. Partial, Integral,
// Overwriter and Costed say more about it where there is more to say.
type Operation interface {
	// Name is what errors, tables and drawings call it: "pixel_norm".
	Name() string
	// Shape is the result's shape, tensor.ScalarShape() for a scalar, or an
	// error that says which input's shape does not fit.
	Shape(in []tensor.Shape) (tensor.Shape, error)
	// Float32 and Float64 compute one run. A panic becomes an error, but not
	// one on another goroutine, which ends the process.
	Float32(Operands[float32]) error
	Float64(Operands[float64]) error
}

// Operands are what one run works on: dense, row-major slices that belong to
// others and must not be kept. A scalar is a slice of length one.
type Operands[T float32 | float64] struct {
	// Out is the result. What it holds before is of no account, so that every
	// element must be written.
	Out      []T
	OutShape tensor.Shape
	In       [][]T          // by input, to be read only; nil where Ints has the input
	Ints     [][]int        // by input, those that are integers (see Integral)
	Shapes   []tensor.Shape // of the inputs
}

// Differentiable is an Operation with a symbolic derivative.
type Differentiable interface {
	Operation
	// Differentiate returns, for every input, the node of the loss's gradient
	// with respect to it, in that input's shape. grad is the gradient with
	// respect to the result, out. Where Partial says no, it may be nil. The
	// nodes may come from Apply, from this package or from Gorgonia.
	Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error)
}

// Partial is a Differentiable without a derivative in some of its inputs, such
// as targets. Otherwise there is one in each.
type Partial interface {
	// Wrt says of every input whether there is a derivative in it.
	Wrt(inputs int) []bool
}

// Integral is an Operation with inputs of type tensor.Int, such as labels.
// Otherwise none is.
type Integral interface {
	TakesInts(input int) bool
}

// Overwriter is an Operation that may write its result over one of its inputs,
// as one that works element by element may: a program then saves the memory of
// the result. Otherwise Out shares none with the inputs.
type Overwriter interface {
	// Overwrites lists such inputs, preferred ones first. Those have the
	// result's shape, and element i of the result must be computed before
	// element i of that input is lost.
	Overwrites() []int
}

// Costed is an Operation that knows its number of multiply-additions, for
// summaries and profiles. Otherwise it counts as 0.
type Costed interface {
	MACs(in []tensor.Shape, out tensor.Shape) int64
}

// Apply adds an operation of one's own to the graph of its inputs. Its node is
// as good as those of this package: Gorgonia's operations and gorgonia.Grad take
// it, and a program of package graph shares its memory with other nodes.
//
//	y, err := ops.Apply(PixelNorm{Eps: 1e-8}, x)
//
// All floating-point inputs must be float32, or all float64. Operations of one
// type, equal in every field, applied to the same inputs are one node. One that
// is given by its address equals itself alone, and must not be changed
// afterwards.
//
// It returns an error for inputs as the package's comment says, an empty name, a
// panic in a method, and an operation whose fields can't be compared (functions,
// maps) unless it is given by its address.
func Apply(o Operation, inputs ...*gorgonia.Node) (y *gorgonia.Node, err error) {
	c := &applied{name: "ops.Apply"}
	defer func() {
		if r := recover(); r != nil {
			y, err = nil, errors.Errorf("%s: panic: %v", c.name, r)
		}
	}()
	if err := c.ask(o, len(inputs)); err != nil {
		return nil, errors.WithMessage(err, c.name)
	}
	if d, ok := o.(Differentiable); ok {
		return op.Apply(differentiable{c, d}, inputs...)
	}
	return op.Apply(c, inputs...)
}

// applied is an Operation with its answers, each asked for once: what the graph
// relies on does not change.
type applied struct {
	of                         Operation
	name, attributes, identity string
	ints, wrt                  []bool
	overwrites                 []int
	macs                       int64
}

var (
	_ op.Integral   = (*applied)(nil)
	_ op.Overwriter = (*applied)(nil)
	_ op.Costed     = (*applied)(nil)
	_ op.Identified = (*applied)(nil)
)

// ask fills in what the operation says of itself for so many inputs.
func (c *applied) ask(o Operation, inputs int) (err error) {
	if o == nil {
		return errors.New("the operation is nil")
	}
	c.of = o
	if c.attributes, c.identity, err = settings(o); err != nil {
		return err
	}
	name := o.Name()
	if name == "" {
		return errors.Errorf("Name of %T is empty", o)
	}
	c.name = name
	c.ints, c.wrt = make([]bool, inputs), make([]bool, inputs)
	integral, ok := o.(Integral)
	for i := range inputs {
		c.ints[i] = ok && integral.TakesInts(i)
		c.wrt[i] = !c.ints[i]
	}
	if p, ok := o.(Partial); ok {
		if c.wrt = slices.Clone(p.Wrt(inputs)); len(c.wrt) != inputs {
			return errors.Errorf("Wrt says whether there is a derivative in %d inputs, want %d", len(c.wrt), inputs)
		}
	}
	if w, ok := o.(Overwriter); ok {
		c.overwrites = slices.Clone(w.Overwrites())
	}
	for _, i := range c.overwrites {
		if i < 0 || i >= inputs {
			return errors.Errorf("Overwrites lists input %d, want 0 to %d", i, inputs-1)
		}
	}
	return nil
}

func (c *applied) Name() string             { return c.name }
func (c *applied) Attributes() string       { return c.attributes }
func (c *applied) Identity() string         { return c.identity }
func (c *applied) TakesInts(input int) bool { return c.ints[input] }
func (c *applied) Overwrites() []int        { return c.overwrites }
func (c *applied) Wrt(int) []bool           { return c.wrt }

func (c *applied) MACs([]tensor.Shape, tensor.Shape) int64 { return c.macs }

func (c *applied) Shape(in []tensor.Shape) (tensor.Shape, error) {
	out, err := c.of.Shape(cloneShapes(in))
	if err != nil {
		return nil, errors.WithMessage(err, c.name)
	}
	out = out.Clone()
	if err := positive(c.name, "result", out); err != nil {
		return nil, err
	}
	for _, i := range c.overwrites {
		if !in[i].Eq(out) {
			return nil, errors.Errorf("%s: Overwrites lists input %d of shape %v, the result has %v", c.name, i, in[i], out)
		}
	}
	if costed, ok := c.of.(Costed); ok {
		c.macs = costed.MACs(cloneShapes(in), out.Clone())
	}
	return out, nil
}

func cloneShapes(in []tensor.Shape) []tensor.Shape {
	out := make([]tensor.Shape, len(in))
	for i := range in {
		out[i] = in[i].Clone()
	}
	return out
}

func (c *applied) Float32(a op.Args[float32]) error { return c.of.Float32(Operands[float32](a)) }
func (c *applied) Float64(a op.Args[float64]) error { return c.of.Float64(Operands[float64](a)) }

// differentiable is an applied that has a derivative.
type differentiable struct {
	*applied
	of Differentiable
}

var (
	_ op.Differentiable = differentiable{}
	_ op.Partial        = differentiable{}
)

func (d differentiable) Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (grads gorgonia.Nodes, err error) {
	defer func() {
		if r := recover(); r != nil {
			grads, err = nil, errors.Errorf("panic: %v", r)
		}
	}()
	return d.of.Differentiate(slices.Clone(in), out, grad)
}

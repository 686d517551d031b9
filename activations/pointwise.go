package activations

import (
	"strconv"
	"sync/atomic"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Pointwise makes an activation of a function and its derivative, both of one
// number:
//
//	square := &activations.Pointwise{
//		Name:       "square",
//		Func:       func(x float64) float64 { return x * x },
//		Derivative: func(x float64) float64 { return 2 * x },
//	}
//
// It becomes one operation with a symbolic derivative, dx = dy·Derivative(x),
// and works in float32 too, by rounding. Both functions are called from several
// goroutines at once and must give the same result for the same argument.
//
// A Pointwise is used by its address: that is what it equals and what tells
// its nodes in a graph from another's of the same name. Don't change one that
// is in use, and don't copy it.
type Pointwise struct {
	// Name is what String, errors and drawings say; required. Lookup doesn't
	// find it.
	Name string
	// Func is f(x); required.
	Func func(x float64) float64
	// Derivative is f'(x). Without it differentiating is an error.
	Derivative func(x float64) float64

	id atomic.Uint64
}

var _ Activation = (*Pointwise)(nil)

// String is Name.
func (p *Pointwise) String() string {
	if p == nil || p.Name == "" {
		return "pointwise"
	}
	return p.Name
}

// Apply adds Func of every element of x to x's graph.
func (p *Pointwise) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	switch {
	case p == nil:
		return nil, errors.New("pointwise: activation is a nil *Pointwise")
	case p.Name == "":
		return nil, errors.New("pointwise: Name is empty")
	case p.Func == nil:
		return nil, errors.Errorf("%s: Func is nil", p.Name)
	}
	if err := noParameters(p, params); err != nil {
		return nil, err
	}
	return op.Apply(pointwiseForward{p}, x)
}

// Parameters is nil.
func (*Pointwise) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (*Pointwise) InputsPerOutput() int { return 1 }

// Fused is false.
func (*Pointwise) Fused() (ops.Act, bool) { return nil, false }

// pointwises numbers them, so that nodes of equal names stay apart.
var pointwises atomic.Uint64

func (p *Pointwise) identity() string {
	if p.id.Load() == 0 {
		p.id.CompareAndSwap(0, pointwises.Add(1))
	}
	return "pointwise=" + strconv.FormatUint(p.id.Load(), 10)
}

// pointwiseForward is the operation y = f(x).
type pointwiseForward struct{ p *Pointwise }

var (
	_ op.Differentiable = pointwiseForward{}
	_ op.Identified     = pointwiseForward{}
	_ op.Overwriter     = pointwiseForward{}
)

func (f pointwiseForward) Name() string     { return f.p.Name }
func (pointwiseForward) Attributes() string { return "" }
func (f pointwiseForward) Identity() string { return f.p.identity() }
func (pointwiseForward) Overwrites() []int  { return []int{0} }

func (pointwiseForward) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }

func (f pointwiseForward) Float32(a op.Args[float32]) error { return computePointwise(f.p.Func, a) }
func (f pointwiseForward) Float64(a op.Args[float64]) error { return computePointwise(f.p.Func, a) }

// pointwiseGrain is the number of elements worth a thread: calls of a Go
// function cost more than memory.
const pointwiseGrain = 2048

func computePointwise[T kernel.Float](f func(float64) float64, a op.Args[T]) error {
	kernel.Parallel(len(a.Out), pointwiseGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			a.Out[i] = T(f(float64(a.In[0][i])))
		}
	})
	return nil
}

func (f pointwiseForward) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	if f.p.Derivative == nil {
		return nil, errors.Errorf("%s: Derivative is nil", f.p.Name)
	}
	dx, err := op.Apply(pointwiseGrad(f), in[0], grad)
	return gorgonia.Nodes{dx}, err
}

// pointwiseGrad is the operation dx = dy * f'(x) of x and dy.
type pointwiseGrad struct{ p *Pointwise }

var (
	_ op.Identified = pointwiseGrad{}
	_ op.Overwriter = pointwiseGrad{}
)

func (g pointwiseGrad) Name() string     { return g.p.Name + "_grad" }
func (pointwiseGrad) Attributes() string { return "" }
func (g pointwiseGrad) Identity() string { return g.p.identity() }
func (pointwiseGrad) Overwrites() []int  { return []int{1, 0} }

func (g pointwiseGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if !in[0].Eq(in[1]) {
		return nil, errors.Errorf("%s: gradient has shape %v, want %v like the input", g.Name(), in[1], in[0])
	}
	return in[0].Clone(), nil
}

func (g pointwiseGrad) Float32(a op.Args[float32]) error { return computePointwiseGrad(g.p, a) }
func (g pointwiseGrad) Float64(a op.Args[float64]) error { return computePointwiseGrad(g.p, a) }

func computePointwiseGrad[T kernel.Float](p *Pointwise, a op.Args[T]) error {
	kernel.Parallel(len(a.Out), pointwiseGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			a.Out[i] = T(p.Derivative(float64(a.In[0][i]))) * a.In[1][i]
		}
	})
	return nil
}

package ops

import (
	"fmt"
	"sync/atomic"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// DropoutConfig configures Dropout.
type DropoutConfig struct {
	P    float64 // probability of dropping an element, in [0, 1)
	Seed uint64  // of the masks
}

// Dropout zeroes every element with probability P and multiplies the others by
// 1/(1-P), so that the expectation stays: y = x * mask. Inference leaves it
// out. With P = 0 the result is x itself.
//
// The mask is a function of the seed, of the number of runs so far and of the
// element's index alone: the same seed gives the same masks at any number of
// threads. Layers of one network need different seeds.
//
//	Input:  any shape
//	Output: the same
//
// It returns an error unless 0 <= P < 1.
//
// Srivastava et al. 2014, Dropout: A Simple Way to Prevent Neural Networks
// from Overfitting, JMLR 15.
func Dropout(x *gorgonia.Node, cfg DropoutConfig) (*gorgonia.Node, error) {
	if !(cfg.P >= 0 && cfg.P < 1) {
		return nil, errors.Errorf("dropout: P = %v, want at least 0 and less than 1", cfg.P)
	}
	if cfg.P == 0 && x != nil {
		return x, nil
	}
	m, err := op.Apply(&dropoutMask{p: cfg.P, draws: newDraws(cfg.Seed)}, x)
	if err != nil {
		return nil, err
	}
	return op.Apply(dropout{}, x, m)
}

// masks numbers those that are drawn: two of them are never one node.
var masks atomic.Uint64

// draws is what masks have in common that are other ones at each run.
type draws struct {
	seed uint64
	id   uint64
	step atomic.Uint64
}

func newDraws(seed uint64) *draws { return &draws{seed: seed, id: masks.Add(1)} }

// Identity keeps two masks apart.
func (d *draws) Identity() string { return fmt.Sprintf("id=%d", d.id) }

// SetStep makes the next run's mask that of a step; runs after it go on from
// there.
func (d *draws) SetStep(step uint64) { d.step.Store(step) }

// fill writes the next run's mask: 0 with probability p, otherwise 1/(1-p).
func fill[T kernel.Float](d *draws, p float64, mask []T) {
	kernel.DropoutMask(d.seed, d.step.Add(1)-1, p, mask)
}

// dropoutMask fills a mask of x's shape with 0 or 1/(1-p), another one at each
// run. It reads x's shape only.
type dropoutMask struct {
	p float64
	*draws
}

var (
	_ op.Identified = (*dropoutMask)(nil)
	_ op.Stepper    = (*dropoutMask)(nil)
)

func (*dropoutMask) Name() string         { return "dropout_mask" }
func (o *dropoutMask) Attributes() string { return fmt.Sprintf("p=%v seed=%d", o.p, o.seed) }

func (o *dropoutMask) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }
func (o *dropoutMask) Float32(a op.Args[float32]) error              { return drawMask(o, a) }
func (o *dropoutMask) Float64(a op.Args[float64]) error              { return drawMask(o, a) }

func drawMask[T kernel.Float](o *dropoutMask, a op.Args[T]) error {
	fill(o.draws, o.p, a.Out)
	return nil
}

// dropout multiplies x by its mask, in which there is no derivative.
type dropout struct{}

func (dropout) Name() string                                    { return "dropout" }
func (dropout) Attributes() string                              { return "" }
func (o dropout) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }
func (dropout) Float32(a op.Args[float32]) error                { return multiplyElements(a) }
func (dropout) Float64(a op.Args[float64]) error                { return multiplyElements(a) }
func (dropout) Overwrites() []int                               { return []int{0} }
func (dropout) Wrt(int) []bool                                  { return []bool{true, false} }

func (dropout) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(mul{}, grad, in[1])
	return gorgonia.Nodes{dx, nil}, err
}

package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// end is what follows the last block of a chain: the sum with what goes past
// it, if there is one, then an activation, if there is one.
type end struct {
	skip *gorgonia.Node         // nil: no sum, no activation
	act  activations.Activation // nil: none
	name string                 // of the activation; empty: it has no place of its own
}

// chain builds blocks one after the other. The values between them are nobody
// else's, so neighbours may become one operation.
func chain(s *graph.Scope, x *gorgonia.Node, children []Named, e end) (*gorgonia.Node, error) {
	var err error
	for i, size := 0, 1; i < len(children); i += size {
		c := children[i]
		size = 1
		if first, ok := c.Block.(fusable); ok && s.Fused() && !isNil(first) {
			f := plan(s, first, x, children[i+1:], e)
			size += len(f.taken)
			if f.skip != nil {
				e = end{}
			}
			x, err = f.build(s, c, first, x)
		} else {
			x, err = c.Build(s, x)
		}
		if err != nil {
			return nil, err
		}
	}
	return e.build(s, x)
}

// build adds the shortcut and applies the activation.
func (e end) build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if e.skip == nil {
		return x, nil
	}
	if !e.skip.Shape().Eq(x.Shape()) {
		return nil, errors.Errorf("sum of %v and %v: want equal shapes", x.Shape(), e.skip.Shape())
	}
	if e.act == nil {
		return ops.Add(x, e.skip)
	}
	if f, ok := fusedAct(e.act); ok && s.Fused() {
		sum := func(*graph.Scope, *gorgonia.Node) (*gorgonia.Node, error) { return ops.AddAct(x, e.skip, f) }
		return s.Build(e.name, stand{Act{e.act}, sum}, x)
	}
	y, err := ops.Add(x, e.skip)
	if err != nil {
		return nil, err
	}
	return s.Build(e.name, Act{e.act}, y)
}

// fusable is a layer that can take what follows it into its own operation.
type fusable interface {
	Block
	// takes reports whether the layer can compute the activation itself, its
	// derivative included.
	takes(a activations.Activation) bool
	// buildFused is Build with what follows.
	buildFused(s *graph.Scope, x *gorgonia.Node, f fusion) (*gorgonia.Node, error)
}

// fusion is what a layer computes beyond its own arithmetic.
type fusion struct {
	taken []Named // the blocks that the layer takes
	norm  *Named  // of them, the batch norm to fold into the layer's weights
	act   activations.Activation
	skip  *gorgonia.Node // what goes past the chain, added before the activation
	scope *graph.Scope   // where the blocks above have their names
}

// plan chooses what the layer takes of the blocks that follow it.
func plan(s *graph.Scope, first fusable, x *gorgonia.Node, rest []Named, e end) fusion {
	f := fusion{scope: s}
	conv, infers := first.(Conv2D)
	infers = infers && !s.Training()
	if infers && len(rest) > 0 {
		if _, ok := rest[0].Block.(BatchNorm); ok {
			if !conv.worthFolding(x) {
				return f
			}
			f.norm = &rest[0]
			f.taken, rest = rest[:1], rest[1:]
		}
	}
	takes := func(a activations.Activation) bool {
		_, joins := fusedAct(a)
		return joins && (infers || first.takes(a))
	}
	if len(rest) > 0 {
		if a, ok := rest[0].Block.(Act); ok && takes(orReLU(a.Func)) {
			f.act = orReLU(a.Func)
			f.taken = append(f.taken[:len(f.taken):len(f.taken)], rest[0])
		}
		return f
	}
	if infers && e.skip != nil && (e.act == nil || takes(e.act)) {
		f.skip, f.act = e.skip, e.act
		if e.act != nil {
			f.taken = append(f.taken[:len(f.taken):len(f.taken)], Named{e.name, Act{e.act}})
		}
	}
	return f
}

// fusedAct is the activation that the layer computes; nil is none.
func (f fusion) fusedAct() ops.Act {
	a, _ := fusedAct(f.act)
	return a
}

// fusedAct is an activation as other operations compute it, if they can.
func fusedAct(a activations.Activation) (ops.Act, bool) {
	if a == nil {
		return nil, false
	}
	return a.Fused()
}

// build builds the layer c with what it takes. The blocks that were taken stay
// on record, without operations of their own.
func (f fusion) build(s *graph.Scope, c Named, first fusable, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := s.Build(c.Name, stand{first, func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		return first.buildFused(s, x, f)
	}}, x)
	for _, t := range f.taken {
		if err == nil {
			y, err = s.Build(t.Name, stand{t.Block, nil}, y)
		}
	}
	return y, err
}

// stand takes a block's place in the records while something else is built.
type stand struct {
	Block
	build graph.BlockFunc // nil: nothing
}

func (b stand) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if b.build == nil {
		return x, nil
	}
	return b.build(s, x)
}

// Kind is the block's own.
func (b stand) Kind() string {
	if k, ok := b.Block.(interface{ Kind() string }); ok {
		return k.Kind()
	}
	return text(b.Block)
}

// fromOutput reports whether an operation that keeps only its result can
// compute the activation, derivative included.
func fromOutput(a activations.Activation) bool {
	f, ok := fusedAct(a)
	return ok && (f == nil || f.FromOutput())
}

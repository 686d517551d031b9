package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// end is what follows the last block of a chain: the sum with a shortcut, if
// there is one, then an activation, if there is one.
type end struct {
	skip func() (*gorgonia.Node, error) // builds the shortcut; nil: no sum
	act  activations.Activation
	name string // of the activation
}

// chain builds blocks one after the other. The values between them are nobody
// else's, so neighbours may become one operation.
func chain(s *graph.Scope, x *gorgonia.Node, children []Named, e end) (*gorgonia.Node, error) {
	if e.skip == nil && e.act != nil {
		children = append(children[:len(children):len(children)], Named{e.name, Act{e.act}})
		e = end{}
	}
	for i := 0; i < len(children); {
		c, size, err := children[i], 1, error(nil)
		if first, ok := c.Block.(fusable); ok && s.Fused() {
			f := plan(first, children[i+1:])
			size += f.blocks()
			x, err = f.build(s, c, first, x)
		} else {
			x, err = c.Build(s, x)
		}
		if err != nil {
			return nil, err
		}
		i += size
	}
	return e.build(s, x)
}

// build adds the shortcut and applies the activation.
func (e end) build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if e.skip == nil {
		return x, nil
	}
	skip, err := e.skip()
	if err != nil {
		return nil, err
	}
	if !skip.Shape().Eq(x.Shape()) {
		return nil, errors.Errorf("residual sum: body gives %v, shortcut %v: want equal shapes", x.Shape(), skip.Shape())
	}
	if e.act == nil {
		return ops.Add(x, skip)
	}
	if f, ok := e.act.Kernel(); ok && s.Fused() {
		sum := func(*graph.Scope, *gorgonia.Node) (*gorgonia.Node, error) { return ops.AddAct(x, skip, f) }
		return s.Build(e.name, stand{Act{e.act}, sum}, x)
	}
	y, err := ops.Add(x, skip)
	if err != nil {
		return nil, err
	}
	return s.Build(e.name, Act{e.act}, y)
}

// fusable is a layer that can take what follows it into its own operation.
type fusable interface {
	Block
	// takes reports whether the layer can compute the activation itself.
	takes(a activations.Activation) bool
	// buildFused is Build with what follows.
	buildFused(s *graph.Scope, x *gorgonia.Node, f fusion) (*gorgonia.Node, error)
}

// fusion is what a layer computes beyond its own arithmetic.
type fusion struct {
	act *Named
}

// plan chooses what the layer takes of the blocks that follow it.
func plan(first fusable, rest []Named) fusion {
	var f fusion
	if len(rest) > 0 {
		if a, ok := rest[0].Block.(Act); ok && first.takes(a.Func) {
			f.act = &rest[0]
		}
	}
	return f
}

// kernelAct is the activation that the layer computes; the zero value is none.
func (f fusion) kernelAct() ops.Act {
	if f.act == nil {
		return ops.Act{}
	}
	k, _ := f.act.Block.(Act).Func.Kernel()
	return k
}

// blocks counts what the layer takes.
func (f fusion) blocks() int {
	if f.act != nil {
		return 1
	}
	return 0
}

// build builds the layer c with what it takes. The blocks that were taken stay
// on record, without operations of their own.
func (f fusion) build(s *graph.Scope, c Named, first fusable, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := s.Build(c.Name, stand{first, func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		return first.buildFused(s, x, f)
	}}, x)
	for _, t := range []*Named{f.act} {
		if t != nil && err == nil {
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
func (b stand) Kind() string { return text(b.Block) }

// joins returns an activation as operations that keep only their result can
// compute it.
func joins(a activations.Activation) (ops.Act, bool) {
	if a == nil {
		return ops.Act{}, false
	}
	f, ok := a.Kernel()
	return f, ok && f.FromOutput()
}

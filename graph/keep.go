package graph

import (
	"fmt"
	"hash"
	"hash/fnv"
	"slices"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// keep is an operation that reads values at the very end of a run and computes
// nothing. Where a network or a loss has operations of Gorgonia's, the tape
// machine lets them write over what nobody reads after them, and knows neither
// that a program's outputs are read after the run nor that a reshaped tensor is
// its input's memory: without keep such a loss changes the network's output, and
// a ReLU of a reshaped parameter the parameter.
type keep struct{ types []hm.Type }

var _ gorgonia.Op = keep{}

// keeper makes the node that keeps alive the outputs and whatever operations
// that are not ours read or make; nil where there are none.
func keeper(g *gorgonia.ExprGraph, outputs gorgonia.Nodes) (*gorgonia.Node, error) {
	kept := slices.Clone(outputs)
	foreign := false
	for _, n := range op.Topological(outputs...) {
		if in := op.Inputs(n); n.Op() != nil && op.Of(n) == nil && len(in) > 0 {
			foreign = true
			kept = append(append(kept, n), in...)
		}
	}
	if !foreign {
		return nil, nil
	}
	kept = distinct(kept)
	k := keep{}
	for _, n := range kept {
		k.types = append(k.types, n.Type())
	}
	n, err := gorgonia.ApplyOp(k, kept...)
	return n, errors.Wrap(err, "graph: keeping values of Gorgonia's operations")
}

func (k keep) Arity() int { return len(k.types) }

// Type is made anew for each call, since Gorgonia recycles it.
func (k keep) Type() hm.Type {
	return hm.NewFnType(append(append([]hm.Type(nil), k.types...), tensor.Float64)...)
}

func (keep) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return tensor.ScalarShape(), nil }
func (keep) Do(...gorgonia.Value) (gorgonia.Value, error)          { return gorgonia.NewF64(0), nil }
func (keep) ReturnsPtr() bool                                      { return false }
func (keep) CallsExtern() bool                                     { return false }
func (keep) OverwritesInput() int                                  { return -1 }
func (k keep) String() string                                      { return fmt.Sprintf("keep{%d}", len(k.types)) }
func (k keep) WriteHash(h hash.Hash)                               { fmt.Fprint(h, k) }

func (k keep) Hashcode() uint32 {
	h := fnv.New32a()
	k.WriteHash(h)
	return h.Sum32()
}

package graph

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// joined is all operations of an inference as one: the tape machine allocates for
// every instruction, a few hundred small objects a run and half a microsecond
// each, which is a tenth of the time of a small network on one image. The nodes
// stay what they are, each with its own value, place and time.
type joined struct {
	steps []step
	in    gorgonia.Nodes // the batch, and the target if there is one
	out   *gorgonia.Node
}

// step runs one node.
type step struct {
	node   *op.Node
	in     gorgonia.Nodes
	values []gorgonia.Value // of a run
}

var _ gorgonia.Op = (*joined)(nil)

// join makes the node of all of the program's operations; nil where they can't be
// one: in training, where some are Gorgonia's, and where there are none.
func (p *Program) join() (*gorgonia.Node, error) {
	if p.cfg.Training || p.logits.Op() == nil {
		return nil, nil
	}
	j := &joined{in: gorgonia.Nodes{p.inNode}, out: p.logits}
	if p.targetNode != nil {
		j.in = append(j.in, p.targetNode)
	}
	reads := false
	for _, n := range p.order {
		o := op.Of(n)
		switch {
		case n == p.inNode:
			reads = true
		case n.Op() == nil:
		case o == nil:
			return nil, nil
		default:
			j.steps = append(j.steps, step{o, o.Inputs(), make([]gorgonia.Value, o.Arity())})
		}
	}
	if !reads {
		return nil, nil
	}
	n, err := gorgonia.ApplyOp(j, j.in...)
	return n, errors.Wrap(err, "graph: joining the operations")
}

// Do runs them in their order.
func (j *joined) Do(...gorgonia.Value) (gorgonia.Value, error) {
	for i := range j.steps {
		s := &j.steps[i]
		for k, n := range s.in {
			s.values[k] = valueOf(n)
		}
		if _, err := s.node.Do(s.values...); err != nil {
			return nil, err
		}
	}
	return valueOf(j.out), nil
}

// Type is made anew for each call, since Gorgonia recycles it.
func (j *joined) Type() hm.Type {
	var types []hm.Type
	for _, n := range j.in {
		types = append(types, n.Type())
	}
	return hm.NewFnType(append(types, j.out.Type())...)
}

func (j *joined) Arity() int { return len(j.in) }
func (j *joined) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) {
	return j.out.Shape(), nil
}
func (j *joined) ReturnsPtr() bool      { return false }
func (j *joined) CallsExtern() bool     { return false }
func (j *joined) OverwritesInput() int  { return -1 }
func (j *joined) String() string        { return fmt.Sprintf("%d operations", len(j.steps)) }
func (j *joined) WriteHash(h hash.Hash) { fmt.Fprintf(h, "joined %p", j) }
func (j *joined) Hashcode() uint32 {
	h := fnv.New32a()
	j.WriteHash(h)
	return h.Sum32()
}

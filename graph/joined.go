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

// joins reports whether all of the program's operations can be one: not in
// training, not where some are Gorgonia's, and not where there are none.
func (p *Program) joins() bool {
	if p.cfg.Training || p.logits.Op() == nil || !slices.Contains(p.order, p.inNode) {
		return false
	}
	return !slices.ContainsFunc(p.order, func(n *gorgonia.Node) bool { return n.Op() != nil && op.Of(n) == nil })
}

// schedule chooses the order in which joined operations run: Gorgonia's, or one
// branch after the other from the outputs back, whichever needs less memory.
func (p *Program) schedule(outputs gorgonia.Nodes) {
	if p.cfg.NoSharing {
		return
	}
	least, best := -1, p.order
	for _, order := range []gorgonia.Nodes{p.order, op.Topological(outputs...)} {
		p.order = order
		if total := place(p.spans(outputs)); least < 0 || total < least {
			least, best = total, order
		}
	}
	p.order = best
}

// join makes the node of all of the program's operations, nil where they do not
// join.
func (p *Program) join() (*gorgonia.Node, error) {
	if !p.joins() {
		return nil, nil
	}
	j := &joined{in: gorgonia.Nodes{p.inNode}, out: p.logits}
	if p.targetNode != nil {
		j.in = append(j.in, p.targetNode)
	}
	for _, n := range ours(p.order) {
		o := op.Of(n)
		j.steps = append(j.steps, step{o, o.Inputs(), make([]gorgonia.Value, o.Arity())})
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

package graph

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// preparation is the part of an inference program that follows from the
// parameters alone: folded and laid out weights. It is computed when the
// parameters have changed since the last time.
type preparation struct {
	list  []passes.Prepared
	from  [][]*Param   // what each of the list follows from
	now   []paramState // of those, at the last look
	bytes int64
}

// paramState tells values of parameters from other ones.
type paramState struct {
	version uint64
	sample  uint64 // of a few elements of each tensor
}

// preparedStore holds what programs on the same parameters have prepared, each
// value once. Tensors in it are never written again: who prepares anew makes
// others.
type preparedStore struct {
	mu     sync.Mutex
	values map[string]preparedValue
}

type preparedValue struct {
	state  paramState
	value  *tensor.Dense
	shares int // programs that have it
}

// newPreparation finds out what the list follows from. Nodes stand on the graph
// of p.
func (p *Program) newPreparation(list []passes.Prepared, held []*Param) *preparation {
	t := &preparation{list: list, from: make([][]*Param, len(list)), now: make([]paramState, len(list))}
	byName := map[string]*Param{}
	for _, q := range held {
		byName[q.Name] = q
	}
	for i, v := range list {
		t.bytes += int64(v.Source.Shape().TotalSize()) * int64(p.params.Dtype().Size())
		for _, n := range op.Topological(v.Source) {
			if q := byName[n.Name()]; n.Op() == nil && q != nil {
				t.from[i] = append(t.from[i], q)
			}
		}
	}
	return t
}

// sources are the nodes that compute the list.
func (t *preparation) sources() gorgonia.Nodes {
	nodes := make(gorgonia.Nodes, len(t.list))
	for i, v := range t.list {
		nodes[i] = v.Source
	}
	return nodes
}

// place gives the nodes the places that they name in their errors.
func (t *preparation) place(p *Program, places map[*gorgonia.Node]string) {
	for _, n := range op.Topological(t.sources()...) {
		if o := op.Of(n); o != nil {
			o.SetPlace(places[n])
			o.SetStop(&p.stop)
		}
	}
}

// prepare sees to it that the program has weights of the parameters as they are
// now: its own, those of another program, or new ones.
func (p *Program) prepare(ctx context.Context) error {
	t := p.preparation
	if t == nil {
		return nil
	}
	version := p.params.changes()
	for i, from := range t.from {
		t.now[i] = paramState{version, sample(from)}
	}
	store := &p.params.prepared
	store.mu.Lock()
	defer store.mu.Unlock()
	if !store.has(t) {
		if err := p.prepareAnew(ctx, store); err != nil {
			return err
		}
	}
	for _, v := range t.list {
		value := store.values[v.Key].value
		if v.Variable.Value() == gorgonia.Value(value) {
			continue
		}
		if err := gorgonia.Let(v.Variable, value); err != nil {
			return errors.Wrap(err, "graph: prepared weights")
		}
	}
	return nil
}

// has reports whether all of t's values are there for the parameters as they are.
func (s *preparedStore) has(t *preparation) bool {
	for i, v := range t.list {
		if !s.values[v.Key].is(t.now[i]) {
			return false
		}
	}
	return true
}

// is reports whether there is a value, of parameters in that state.
func (v preparedValue) is(now paramState) bool { return v.value != nil && v.state == now }

// prepareAnew computes what the store lacks into new tensors.
func (p *Program) prepareAnew(ctx context.Context, s *preparedStore) error {
	t := p.preparation
	var sources gorgonia.Nodes
	for i, v := range t.list {
		if !s.values[v.Key].is(t.now[i]) {
			sources = append(sources, v.Source)
		}
	}
	p.stop.Watch(ctx)
	err := p.compute(sources)
	p.stop.Watch(context.Background())
	defer func() {
		for _, n := range op.Topological(sources...) {
			if o := op.Of(n); o != nil {
				o.Release()
			}
		}
	}()
	if err != nil {
		return err
	}
	for i, v := range t.list {
		have := s.values[v.Key]
		if have.is(t.now[i]) {
			continue // another program's
		}
		o := op.Of(v.Source)
		value, ok := o.Value().(*tensor.Dense)
		if !ok {
			return errors.Errorf("graph: %s is prepared as %T, want a tensor", o.Operation().Name(), o.Value())
		}
		have.state, have.value = t.now[i], value
		s.values[v.Key] = have
	}
	return nil
}

// compute computes the nodes and what they follow from, one source after the
// other. A tape would go level by level, and keep every weight with a norm folded
// into it until the last one is; so they share one piece of memory, and the next
// use finds it in the cache.
func (p *Program) compute(sources gorgonia.Nodes) error {
	// Only the order and the configuration matter for who lives when.
	q := Program{cfg: p.cfg, order: op.Topological(sources...)}
	passing := slices.DeleteFunc(q.spans(sources), func(s *span) bool { return s.end == len(q.order) })
	var m Memory
	var err error
	if p.params.Dtype() == tensor.Float32 {
		err = bind(passing, make([]float32, place(passing)), &m)
	} else {
		err = bind(passing, make([]float64, place(passing)), &m)
	}
	if err != nil {
		return err
	}
	for _, n := range q.order {
		o := op.Of(n)
		if o == nil {
			continue
		}
		in := make([]gorgonia.Value, len(o.Inputs()))
		for i, x := range o.Inputs() {
			if in[i] = x.Value(); op.Of(x) != nil {
				in[i] = op.Of(x).Value()
			}
		}
		if _, err := o.Do(in...); err != nil {
			return ofRun(err)
		}
	}
	return nil
}

// share counts a program's interest in values, and gives it up again.
func (s *preparedStore) share(list []passes.Prepared, by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[string]preparedValue{}
	}
	for _, v := range list {
		have := s.values[v.Key]
		if have.shares += by; have.shares > 0 {
			s.values[v.Key] = have
		} else {
			delete(s.values, v.Key)
		}
	}
}

// changes is the version of the parameters.
func (p *Params) changes() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.version
}

// sample tells the tensors' values from other ones by a few elements of each: a
// writer that holds on to tensors and fills them as a whole leaves the version.
func sample(tensors []*Param) uint64 {
	sum := uint64(14695981039346656037)
	mix := func(bits uint64) { sum = (sum ^ bits) * 1099511628211 }
	for _, q := range tensors {
		if q.Value.Dtype() == tensor.Float32 {
			v := q.Value.Float32s()
			for _, i := range places(len(v)) {
				mix(uint64(math.Float32bits(v[i])))
			}
			continue
		}
		v := q.Value.Float64s()
		for _, i := range places(len(v)) {
			mix(math.Float64bits(v[i]))
		}
	}
	return sum
}

// places are four of n places.
func places(n int) [4]int { return [4]int{0, n / 3, 2 * n / 3, n - 1} }

// preparedFrom names for each variable that stands for something prepared the
// parameters that this follows from.
func (p *Program) preparedFrom() map[*gorgonia.Node][]string {
	if p.preparation == nil {
		return nil
	}
	names := map[*gorgonia.Node][]string{}
	for i, v := range p.preparation.list {
		for _, q := range p.preparation.from[i] {
			names[v.Variable] = append(names[v.Variable], q.Name)
		}
	}
	return names
}

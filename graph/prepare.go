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
// parameters alone: folded and laid out weights. It has a tape of its own, which
// runs when the parameters have changed since the last time.
type preparation struct {
	list    []passes.Prepared
	order   gorgonia.Nodes // what its tape executes
	machine gorgonia.VM
	turns   op.Turns
	from    [][]*Param   // what each of the list follows from
	now     []paramState // of those, at the last look
	bound   bool         // there are values
	bytes   int64
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

// newPreparation compiles the tape. Nodes stand on the graph of p.
func (p *Program) newPreparation(list []passes.Prepared, held []*Param) (*preparation, error) {
	t := &preparation{list: list}
	var sources gorgonia.Nodes
	for _, v := range list {
		sources = append(sources, v.Source)
		t.bytes += int64(v.Source.Shape().TotalSize()) * int64(p.params.Dtype().Size())
	}
	byName := map[string]*Param{}
	for _, q := range held {
		byName[q.Name] = q
	}
	order, err := gorgonia.Sort(p.g.ExactSubgraphRoots(sources...))
	if err != nil {
		return nil, errors.Wrap(err, "graph: sort")
	}
	slices.Reverse(order)
	t.order = order
	t.from, t.now = make([][]*Param, len(list)), make([]paramState, len(list))
	for i, source := range sources {
		for _, n := range op.Topological(source) {
			if q := byName[n.Name()]; n.Op() == nil && q != nil {
				t.from[i] = append(t.from[i], q)
			}
		}
	}
	return t, nil
}

// compile makes the machine, with the places that nodes name in their errors.
func (t *preparation) compile(p *Program, places map[*gorgonia.Node]string) error {
	var inputs, sources gorgonia.Nodes
	for _, n := range t.order {
		if o := op.Of(n); o != nil {
			o.SetPlace(places[madeFor(n, p.origin)])
			o.SetStop(&p.stop)
			o.SetTurn(&t.turns, t.turns.Add())
		} else {
			inputs = append(inputs, n)
		}
	}
	for _, v := range t.list {
		sources = append(sources, v.Source)
	}
	prog, loc, err := gorgonia.CompileFunction(p.g, inputs, sources)
	if err != nil {
		return errors.Wrap(err, "graph: compile what is prepared")
	}
	t.machine = gorgonia.NewTapeMachine(p.g, gorgonia.WithPrecompiled(prog, loc), gorgonia.EvalMode())
	return nil
}

// prepare sees to it that the program has weights of the parameters as they are
// now: its own, those of another program, or new ones.
func (p *Program) prepare(ctx context.Context) error {
	t := p.preparation
	if t == nil {
		return nil
	}
	for i, from := range t.from {
		t.now[i] = p.params.state(from)
	}
	store := &p.params.prepared
	store.mu.Lock()
	defer store.mu.Unlock()
	if t.bound && store.has(t) && p.holds(store) {
		return nil
	}
	if !store.has(t) {
		if err := p.prepareAnew(ctx, store); err != nil {
			t.bound = false
			return err
		}
	}
	for _, v := range t.list {
		if err := gorgonia.Let(v.Variable, store.values[v.Key].value); err != nil {
			return errors.Wrap(err, "graph: prepared weights")
		}
	}
	t.bound = true
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

// holds reports whether the program reads the store's values.
func (p *Program) holds(s *preparedStore) bool {
	for _, v := range p.preparation.list {
		if v.Variable.Value() != s.values[v.Key].value {
			return false
		}
	}
	return true
}

// prepareAnew runs the tape into new tensors.
func (p *Program) prepareAnew(ctx context.Context, s *preparedStore) error {
	t := p.preparation
	defer func() {
		t.machine.Reset()
		for _, n := range t.order {
			if o := op.Of(n); o != nil {
				o.Release()
			}
		}
	}()
	p.stop.Watch(ctx)
	t.turns.Begin()
	t.machine.Reset()
	err := t.machine.RunAll()
	p.stop.Watch(context.Background())
	if err != nil {
		return ofRun(err)
	}
	if err := t.turns.End(); err != nil {
		return errors.Wrap(err, "graph: prepare")
	}
	for i, v := range t.list {
		have := s.values[v.Key]
		if have.is(t.now[i]) {
			continue // another program's
		}
		value, err := dense(v.Source)
		if err != nil {
			return err
		}
		have.state, have.value = t.now[i], value
		s.values[v.Key] = have
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

// state tells the tensors' values from other ones: by the version, and by a few
// elements of each, which catches a writer that holds on to tensors and fills
// them as a whole.
func (p *Params) state(tensors []*Param) paramState {
	p.mu.Lock()
	s := paramState{version: p.version, sample: 14695981039346656037}
	p.mu.Unlock()
	mix := func(bits uint64) { s.sample = (s.sample ^ bits) * 1099511628211 }
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
	return s
}

// places are four of n places.
func places(n int) [4]int { return [4]int{0, n / 3, 2 * n / 3, n - 1} }

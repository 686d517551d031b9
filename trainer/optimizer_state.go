package trainer

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// State is what a solver remembers, to be kept in a checkpoint.
type State struct {
	Optimizer  string // kind: "sgd", "adam", "adamw", "rmsprop", "adagrad" or one's own
	LR         float64
	Parameters []ParameterState // in the order of the first update
}

// ParameterState is what a solver remembers of one parameter. The tensors have
// the parameter's shape and PyTorch's names, such as "exp_avg".
type ParameterState struct {
	Name    string
	Updates int // so far
	Tensors map[string]*tensor.Dense
}

// record is what a solver remembers of one parameter; one of x32 and x64 is in
// use.
type record struct {
	name    string
	rule    *Rule        // nil: not known yet
	shape   tensor.Shape // nil: not known yet
	dtype   tensor.Dtype
	updates int
	round   int            // the round of updates it last took part in
	value   gorgonia.Value // the parameter's tensor; nil until the first update after SetState
	x32     [maxStateTensors][]float32
	x64     [maxStateTensors][]float64
}

func (r *record) size() int { return r.shape.TotalSize() }

// records are what a solver remembers, in the order of the first update.
type records struct {
	byName map[string]*record
	order  []*record
}

// add makes the record of a new parameter.
func (rs *records) add(rule *Rule, name string, shape tensor.Shape, dtype tensor.Dtype) (*record, error) {
	r := &record{name: name}
	if err := r.make(rule, shape, dtype); err != nil {
		return nil, err
	}
	rs.append(r)
	return r, nil
}

func (rs *records) append(r *record) {
	if rs.byName == nil {
		rs.byName = map[string]*record{}
	}
	rs.byName[r.name] = r
	rs.order = append(rs.order, r)
}

// make gives a record its tensors.
func (r *record) make(rule *Rule, shape tensor.Shape, dtype tensor.Dtype) error {
	r.rule = rule
	if r.shape, r.dtype = shape.Clone(), dtype; len(r.shape) == 0 {
		r.shape = tensor.Shape{1} // a scalar
	}
	if err := size.Fit("state of "+r.name, len(rule.State)*r.size(), int(dtype.Size())); err != nil {
		return err
	}
	for i, t := range rule.State {
		if dtype == tensor.Float32 {
			r.x32[i] = filled(r.size(), float32(t.Initial))
		} else {
			r.x64[i] = filled(r.size(), t.Initial)
		}
	}
	return nil
}

func filled[T float32 | float64](n int, v T) []T {
	x := make([]T, n)
	if v != 0 {
		for i := range x {
			x[i] = v
		}
	}
	return x
}

// State is a copy of what the solver remembers.
func (s *Solver) State() State {
	if s == nil {
		return State{}
	}
	st := State{Optimizer: s.rule.Kind, LR: s.lr}
	for _, r := range s.records.order {
		p := ParameterState{Name: r.name, Updates: r.updates, Tensors: map[string]*tensor.Dense{}}
		var state []StateTensor
		if r.rule != nil {
			state = r.rule.State
		}
		for i, t := range state {
			var backing any
			if r.dtype == tensor.Float32 {
				backing = append([]float32(nil), r.x32[i]...)
			} else {
				backing = append([]float64(nil), r.x64[i]...)
			}
			p.Tensors[t.Name] = tensor.New(tensor.WithShape(r.shape...), tensor.WithBacking(backing))
		}
		st.Parameters = append(st.Parameters, p)
	}
	return st
}

// SetState replaces what the solver remembers, so that it goes on from there.
// The state must be of the same kind of optimizer with the same state tensors.
// On an error nothing has changed.
func (s *Solver) SetState(st State) error {
	if err := s.check(); err != nil {
		return err
	}
	kind := s.rule.Kind
	if st.Optimizer != kind {
		return errors.Errorf("%s: the state is of %q", kind, st.Optimizer)
	}
	if err := checkSettings(kind, setting{"the state's learning rate", st.LR, 0}); err != nil {
		return err
	}
	var fresh records
	for _, p := range st.Parameters {
		if fresh.byName[p.Name] != nil {
			return errors.Errorf("%s: the state has two parameters named %q", kind, p.Name)
		}
		rule, err := s.ruleOfState(p)
		if err == nil {
			err = fresh.restore(rule, p)
		}
		if err != nil {
			return errors.WithMessagef(err, "%s: state of %s", kind, p.Name)
		}
	}
	s.records, s.names, s.lr = fresh, nil, st.LR
	return nil
}

// ruleOfState is the rule of a parameter whose state is given, nil if that has no
// tensors, from which to tell.
func (s *Solver) ruleOfState(p ParameterState) (*Rule, error) {
	if s.rule.For == nil {
		return &s.rule, nil
	}
	for _, t := range p.Tensors {
		if t != nil {
			return s.ruleFor(p.Name, t.Shape())
		}
	}
	return nil, nil
}

// restore makes the record of a parameter's state. Without state tensors its
// shape is not known before the first update.
func (rs *records) restore(rule *Rule, p ParameterState) error {
	if p.Updates < 0 {
		return errors.Errorf("%d updates, want at least 0", p.Updates)
	}
	if rule == nil || len(rule.State) == 0 {
		rs.append(&record{name: p.Name, updates: p.Updates})
		return nil
	}
	var r *record
	for i, t := range rule.State {
		x := p.Tensors[t.Name]
		if x == nil {
			return errors.Errorf("has no tensor %q", t.Name)
		}
		x32, x64, err := elements(x)
		if err != nil {
			return errors.WithMessage(err, t.Name)
		}
		if r == nil {
			if r, err = rs.add(rule, p.Name, x.Shape(), x.Dtype()); err != nil {
				return err
			}
			r.updates = p.Updates
		}
		if n := len(x32) + len(x64); n != r.size() || x.Dtype() != r.dtype {
			return errors.Errorf("%s is %v of %v, want %v of %v", t.Name, x.Shape(), x.Dtype(), r.shape, r.dtype)
		}
		copy(r.x32[i], x32)
		copy(r.x64[i], x64)
	}
	return nil
}

package trainer

import (
	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// state copies the memories out.
func (m *memories) state(r rule, lr float64) State {
	st := State{Optimizer: r.kind(), LR: lr}
	for _, s := range m.order {
		p := ParameterState{Name: s.name, Updates: s.step, Tensors: map[string]*tensor.Dense{}}
		for i, t := range r.tensors() {
			var backing any
			if s.dtype == tensor.Float32 {
				backing = append([]float32(nil), s.m32[i]...)
			} else {
				backing = append([]float64(nil), s.m64[i]...)
			}
			p.Tensors[t.name] = tensor.New(tensor.WithShape(s.shape...), tensor.WithBacking(backing))
		}
		st.Parameters = append(st.Parameters, p)
	}
	return st
}

// setState replaces the memories; on an error nothing has changed.
func (m *memories) setState(r rule, st State) error {
	if st.Optimizer != r.kind() {
		return errors.Errorf("%s: state is of %q", r.kind(), st.Optimizer)
	}
	fresh := memories{rule: r}
	for _, p := range st.Parameters {
		if fresh.slots[p.Name] != nil {
			return errors.Errorf("%s: state has two parameters named %q", r.kind(), p.Name)
		}
		if err := fresh.restore(p); err != nil {
			return errors.WithMessagef(err, "%s: state of %s", r.kind(), p.Name)
		}
	}
	m.slots, m.order, m.names = fresh.slots, fresh.order, nil
	m.setLR(st.LR)
	return nil
}

func (m *memories) restore(p ParameterState) error {
	var s *slot
	for i, t := range m.rule.tensors() {
		x := p.Tensors[t.name]
		if x == nil {
			return errors.Errorf("no tensor %q", t.name)
		}
		x32, x64, err := elements(x)
		if err != nil {
			return errors.WithMessage(err, t.name)
		}
		if s == nil {
			s = m.newSlot(p.Name, x.Shape(), x.Dtype())
			s.step = p.Updates
		}
		if n := len(x32) + len(x64); n != s.size() || x.Dtype() != s.dtype {
			return errors.Errorf("%s is %v of %v, want %v of %v", t.name, x.Shape(), x.Dtype(), s.shape, s.dtype)
		}
		copy(s.m32[i], x32)
		copy(s.m64[i], x64)
	}
	return nil
}

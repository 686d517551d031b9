package trainer

import (
	"fmt"
	"unsafe"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// rule is an optimizer's formula, applied to a piece of a parameter.
type rule interface {
	kind() string
	// tensors names the per-element memories and gives their initial values.
	tensors() []memory
	step32(p piece[float32])
	step64(p piece[float64])
}

type memory struct {
	name    string
	initial float64
}

// maxMemories is the most per-element memories any rule has.
const maxMemories = 3

// piece is a range of a parameter with its gradient and memories. decay is 0
// for parameters without weight decay, else 1.
type piece[T kernel.Float] struct {
	step  int // this update's number, from 1
	decay float64
	w, g  []T
	m     [maxMemories][]T
}

// slot is the memory of one parameter; one of m32 and m64 is in use.
type slot struct {
	name  string
	shape tensor.Shape
	dtype tensor.Dtype
	step  int
	round int            // the round of updates it last took part in
	value gorgonia.Value // the parameter's tensor; nil until the first update after SetState
	m32   [maxMemories][]float32
	m64   [maxMemories][]float64
}

func (s *slot) size() int { return s.shape.TotalSize() }

// job is a piece to be computed.
type job struct {
	s        *slot
	decay    float64
	w32, g32 []float32
	w64, g64 []float64
	lo, hi   int
}

// pieceSize is small enough to spread evenly, large enough that handing out
// pieces costs nothing.
const pieceSize = 1 << 14

// memories is what every optimizer has beside its hyper-parameters.
type memories struct {
	lr    float64
	lrSet bool
	slots map[string]*slot
	order []*slot
	round int
	jobs  []job
	names map[gorgonia.Value]string // names given to values by Step

	rule rule
	self *memories // whose run is bound to: a copied optimizer binds anew
	run  func(i int)
}

func (m *memories) setLR(lr float64) { m.lr, m.lrSet = lr, true }

func (m *memories) rate(base float64) float64 {
	if m.lrSet {
		return m.lr
	}
	return base
}

func (m *memories) begin(r rule) {
	m.rule = r
	if m.self != m {
		m.self = m
		m.run = func(i int) { m.do(&m.jobs[i]) }
	}
	m.round++
	m.jobs = m.jobs[:0]
}

// update is the optimizers' Update.
func (m *memories) update(r rule, params []Parameter) error {
	m.begin(r)
	for i := range params {
		p := &params[i]
		if p.Grad == nil {
			continue
		}
		if p.Value == nil {
			return errors.Errorf("%s: parameter %s has no value", r.kind(), p.Name)
		}
		if err := m.add(p.Name, p.Value, p.Grad, p.NoDecay); err != nil {
			return err
		}
	}
	m.finish()
	return nil
}

// step is the optimizers' Step.
func (m *memories) step(r rule, model []gorgonia.ValueGrad) error {
	m.begin(r)
	for _, n := range model {
		value := n.Value()
		grad, err := n.Grad()
		name := m.nameOf(n, value)
		if err != nil {
			return errors.Wrapf(err, "%s: %s", r.kind(), name)
		}
		if value == nil {
			return errors.Errorf("%s: parameter %s has no value", r.kind(), name)
		}
		if err := m.add(name, value, grad, false); err != nil {
			return err
		}
	}
	m.finish()
	for _, j := range m.jobs {
		if j.g32 != nil {
			clear(j.g32[j.lo:j.hi])
		} else {
			clear(j.g64[j.lo:j.hi])
		}
	}
	return nil
}

// nameOf names a value by its node, made unique in order of appearance.
func (m *memories) nameOf(n gorgonia.ValueGrad, v gorgonia.Value) string {
	if name, ok := m.names[v]; ok {
		return name
	}
	name := "value"
	if named, ok := n.(gorgonia.Namer); ok && named.Name() != "" {
		name = named.Name()
	}
	taken := map[string]bool{}
	for _, other := range m.names {
		taken[other] = true
	}
	unique := name
	for i := 2; taken[unique]; i++ {
		unique = fmt.Sprintf("%s#%d", name, i)
	}
	if m.names == nil {
		m.names = map[gorgonia.Value]string{}
	}
	m.names[v] = unique
	return unique
}

// add checks one parameter and queues its pieces.
func (m *memories) add(name string, value, grad gorgonia.Value, noDecay bool) error {
	w32, w64, err := elements(value)
	if err != nil {
		return errors.WithMessagef(err, "%s: parameter %s", m.rule.kind(), name)
	}
	g32, g64, err := elements(grad)
	if err != nil {
		return errors.WithMessagef(err, "%s: gradient of %s", m.rule.kind(), name)
	}
	n := len(w32) + len(w64)
	if len(g32) != len(w32) || len(g64) != len(w64) {
		return errors.Errorf("%s: gradient of %s is %v of %v, parameter is %v of %v",
			m.rule.kind(), name, grad.Shape(), grad.Dtype(), value.Shape(), value.Dtype())
	}
	s := m.slots[name]
	if s == nil {
		s = m.newSlot(name, value.Shape(), value.Dtype())
	}
	if s.size() != n || s.dtype != value.Dtype() {
		return errors.Errorf("%s: %s is %v of %v, but was %v of %v at the last update: an optimizer serves one network",
			m.rule.kind(), name, value.Shape(), value.Dtype(), s.shape, s.dtype)
	}
	if s.value != nil && s.value != value {
		return errors.Errorf("%s: %s is another tensor than at the last update: an optimizer serves one network", m.rule.kind(), name)
	}
	if s.round == m.round {
		return errors.Errorf("%s: two parameters are named %q", m.rule.kind(), name)
	}
	s.round, s.value = m.round, value
	decay := 1.0
	if noDecay {
		decay = 0
	}
	for lo := 0; lo < n; lo += pieceSize {
		m.jobs = append(m.jobs, job{s, decay, w32, g32, w64, g64, lo, min(lo+pieceSize, n)})
	}
	return nil
}

func (m *memories) newSlot(name string, shape tensor.Shape, dtype tensor.Dtype) *slot {
	s := &slot{name: name, shape: shape.Clone(), dtype: dtype}
	if len(s.shape) == 0 {
		s.shape = tensor.Shape{1} // a scalar
	}
	for i, t := range m.rule.tensors() {
		if dtype == tensor.Float32 {
			s.m32[i] = filled(s.size(), float32(t.initial))
		} else {
			s.m64[i] = filled(s.size(), t.initial)
		}
	}
	if m.slots == nil {
		m.slots = map[string]*slot{}
	}
	m.slots[name] = s
	m.order = append(m.order, s)
	return s
}

func filled[T kernel.Float](n int, v T) []T {
	x := make([]T, n)
	if v != 0 {
		for i := range x {
			x[i] = v
		}
	}
	return x
}

// finish computes the queued pieces.
func (m *memories) finish() {
	for i := range m.jobs {
		if m.jobs[i].lo == 0 {
			m.jobs[i].s.step++
		}
	}
	kernel.ForEach(len(m.jobs), m.run)
}

func (m *memories) do(j *job) {
	if j.w32 != nil {
		p := piece[float32]{step: j.s.step, decay: j.decay, w: j.w32[j.lo:j.hi], g: j.g32[j.lo:j.hi]}
		for i, x := range j.s.m32 {
			if x != nil {
				p.m[i] = x[j.lo:j.hi]
			}
		}
		m.rule.step32(p)
		return
	}
	p := piece[float64]{step: j.s.step, decay: j.decay, w: j.w64[j.lo:j.hi], g: j.g64[j.lo:j.hi]}
	for i, x := range j.s.m64 {
		if x != nil {
			p.m[i] = x[j.lo:j.hi]
		}
	}
	m.rule.step64(p)
}

// elements gives a value's elements without copying.
func elements(v gorgonia.Value) ([]float32, []float64, error) {
	switch v := v.(type) {
	case *tensor.Dense:
		if v.RequiresIterator() || v.DataOrder().IsColMajor() {
			return nil, nil, errors.New("is a view or column-major; want contiguous row-major")
		}
		switch v.Dtype() {
		case tensor.Float32:
			return v.Float32s(), nil, nil
		case tensor.Float64:
			return nil, v.Float64s(), nil
		}
	case *gorgonia.F32:
		return unsafe.Slice((*float32)(v), 1), nil, nil
	case *gorgonia.F64:
		return nil, unsafe.Slice((*float64)(v), 1), nil
	}
	return nil, nil, errors.Errorf("is a %T; want a dense tensor of float32 or float64", v)
}

package trainer

import (
	"fmt"
	"math"
	"sync"
	"unsafe"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

var _ gorgonia.Solver = (*Solver)(nil)

// Solver is an optimizer at work on one network: it holds the learning rate in
// use and what the optimizer remembers of past gradients. NewSolver makes one.
// It must not be copied, nor used by two goroutines at once.
//
// It is a gorgonia.Solver and so works on bare Gorgonia graphs as well.
type Solver struct {
	optimizer Optimizer
	rule      Rule
	lr        float64
	records   records
	round     int
	jobs      []job
	names     map[gorgonia.Value]string // names given to values by Step

	run   func(i int) // does one job
	mutex sync.Mutex  // of failed, which jobs set on several threads
	fault error       // a panic in the rule
}

// job is a piece to be computed.
type job struct {
	r         *record
	lr, decay float64
	w32, g32  []float32
	w64, g64  []float64
	lo, hi    int
}

// pieceSize is small enough to spread evenly, large enough that handing out
// pieces costs nothing.
const pieceSize = 1 << 14

// NewSolver makes a solver, or returns an error that names the setting that the
// optimizer can't work with.
func NewSolver(o Optimizer) (*Solver, error) {
	rule, err := ruleOf(o)
	if err != nil {
		return nil, err
	}
	s := &Solver{optimizer: o, rule: rule, lr: rule.LR}
	s.run = func(i int) { s.do(&s.jobs[i]) }
	return s, nil
}

func (s *Solver) check() error {
	if s == nil || s.run == nil {
		return errors.New("solver: is nil or zero, want one that NewSolver made")
	}
	return nil
}

// Optimizer is what the solver was made of.
func (s *Solver) Optimizer() Optimizer { return s.optimizer }

// BaseLR is the optimizer's configured learning rate, from which schedules
// start.
func (s *Solver) BaseLR() float64 { return s.rule.LR }

// LearningRate is the one in use: the last one set, or BaseLR.
func (s *Solver) LearningRate() float64 { return s.lr }

// SetLR sets the learning rate in use; zero means zero here. A rate that is
// negative or not finite is refused by the next update.
func (s *Solver) SetLR(lr float64) { s.lr = lr }

// Update takes one step on all parameters, which may be float32 or float64. It
// allocates nothing that grows with their number after the first call. On an
// error no parameter has changed, unless the optimizer's formula panicked.
func (s *Solver) Update(parameters []Parameter) error {
	if err := s.begin(len(parameters)); err != nil {
		return err
	}
	for i := range parameters {
		p := &parameters[i]
		if p.Grad == nil {
			continue
		}
		if p.Value == nil {
			return errors.Errorf("%s: parameter %s has no value", s.rule.Kind, p.Name)
		}
		if err := s.add(p.Name, p.Value, p.Grad, p); err != nil {
			return err
		}
	}
	return s.finish()
}

// Step implements gorgonia.Solver: it updates nodes of a Gorgonia graph after
// gorgonia.Grad and a run with gorgonia.BindDualValues. Like Gorgonia's own
// solvers it sets the gradients to zero afterwards, because those accumulate.
func (s *Solver) Step(model []gorgonia.ValueGrad) error {
	if err := s.begin(len(model)); err != nil {
		return err
	}
	for i, n := range model {
		if isNil(n) {
			return errors.Errorf("%s: element %d of the model is nil", s.rule.Kind, i)
		}
		value := n.Value()
		grad, err := n.Grad()
		name := s.nameOf(n, value)
		if err != nil {
			return errors.Wrapf(err, "%s: %s", s.rule.Kind, name)
		}
		if isNil(value) || isNil(grad) {
			return errors.Errorf("%s: %s has no value or no gradient", s.rule.Kind, name)
		}
		if err := s.add(name, value, grad, &Parameter{}); err != nil {
			return err
		}
	}
	if err := s.finish(); err != nil {
		return err
	}
	for _, j := range s.jobs {
		if j.g32 != nil {
			clear(j.g32[j.lo:j.hi])
		} else {
			clear(j.g64[j.lo:j.hi])
		}
	}
	return nil
}

func (s *Solver) begin(parameters int) error {
	if err := s.check(); err != nil {
		return err
	}
	if parameters == 0 {
		return errors.Errorf("%s: there are no parameters to update", s.rule.Kind)
	}
	if err := checkSettings(s.rule.Kind, setting{"the learning rate", s.lr, 0}); err != nil {
		return err
	}
	s.round++
	s.jobs = s.jobs[:0]
	return nil
}

// nameOf names a value by its node, made unique in order of appearance.
func (s *Solver) nameOf(n gorgonia.ValueGrad, v gorgonia.Value) string {
	if name, ok := s.names[v]; ok {
		return name
	}
	name := "value"
	if named, ok := n.(gorgonia.Namer); ok && named.Name() != "" {
		name = named.Name()
	}
	taken := map[string]bool{}
	for _, other := range s.names {
		taken[other] = true
	}
	unique := name
	for i := 2; taken[unique]; i++ {
		unique = fmt.Sprintf("%s#%d", name, i)
	}
	if s.names == nil {
		s.names = map[gorgonia.Value]string{}
	}
	s.names[v] = unique
	return unique
}

// ruleFor is the rule of a parameter.
func (s *Solver) ruleFor(name string, shape []int) (*Rule, error) {
	if s.rule.For == nil {
		return &s.rule, nil
	}
	var r *Rule
	if err := guard(s.rule.Kind, func() error {
		r = s.rule.For(name, shape)
		return nil
	}); err != nil {
		return nil, err
	}
	if r == nil {
		return &s.rule, nil
	}
	if r.For != nil {
		return nil, errors.Errorf("%s: the rule for %s has a For of its own", s.rule.Kind, name)
	}
	return r, errors.WithMessage(r.check(), s.rule.Kind)
}

// rates are a parameter's learning rate and weight decay in the next update.
func (s *Solver) rates(rule *Rule, own *Parameter) (lr, decay float64) {
	lr, decay = s.lr, rule.WeightDecay
	if rule != &s.rule {
		lr *= rule.LR / s.rule.LR
	}
	if own.LR != 0 {
		lr = orDefault(own.LR, 0)
	}
	if own.LRFactor != 0 {
		lr *= own.LRFactor
	}
	if own.WeightDecay != 0 {
		decay = orDefault(own.WeightDecay, 0)
	}
	return lr, decay
}

// add checks one parameter and queues its pieces.
func (s *Solver) add(name string, value, grad gorgonia.Value, own *Parameter) error {
	kind := s.rule.Kind
	w32, w64, err := elements(value)
	if err != nil {
		return errors.WithMessagef(err, "%s: parameter %s", kind, name)
	}
	g32, g64, err := elements(grad)
	if err != nil {
		return errors.WithMessagef(err, "%s: gradient of %s", kind, name)
	}
	n := len(w32) + len(w64)
	if len(g32) != len(w32) || len(g64) != len(w64) {
		return errors.Errorf("%s: gradient of %s is %v of %v, parameter is %v of %v",
			kind, name, grad.Shape(), grad.Dtype(), value.Shape(), value.Dtype())
	}
	r := s.records.byName[name]
	var rule *Rule
	if r != nil && r.rule != nil {
		rule = r.rule
	} else if rule, err = s.ruleFor(name, value.Shape()); err != nil {
		return err
	}
	lr, decay := s.rates(rule, own)
	if w32 != nil && rule.Float32 == nil || w64 != nil && rule.Float64 == nil {
		return errors.Errorf("%s: parameter %s is of %v, for which the optimizer has no formula", kind, name, value.Dtype())
	}
	if err := s.checkRates(name, lr, decay, w32 != nil); err != nil {
		return err
	}
	switch {
	case r == nil:
		r, err = s.records.add(rule, name, value.Shape(), value.Dtype())
	case r.shape == nil && len(rule.State) > 0:
		err = errors.Errorf("the state has no tensors of %s", name)
	case r.shape == nil:
		err = r.make(rule, value.Shape(), value.Dtype())
	}
	if err != nil {
		return errors.WithMessage(err, kind)
	}
	if r.size() != n || r.dtype != value.Dtype() {
		return errors.Errorf("%s: %s is %v of %v, but was %v of %v at the last update: a solver serves one network",
			kind, name, value.Shape(), value.Dtype(), r.shape, r.dtype)
	}
	if r.value != nil && r.value != value {
		return errors.Errorf("%s: %s is another tensor than at the last update: a solver serves one network", kind, name)
	}
	if r.round == s.round {
		return errors.Errorf("%s: two parameters are named %q", kind, name)
	}
	r.round, r.value = s.round, value
	piece := pieceSize
	if rule.Whole {
		piece = n
	}
	for lo := 0; lo < n; lo += piece {
		s.jobs = append(s.jobs, job{r, lr, decay, w32, g32, w64, g64, lo, min(lo+piece, n)})
	}
	return nil
}

// checkRates refuses what would fill the parameter with NaN or infinities.
func (s *Solver) checkRates(name string, lr, decay float64, single bool) error {
	const most = math.MaxFloat32
	if lr >= 0 && lr <= most && decay >= 0 && decay <= most || !single && lr >= 0 && decay >= 0 && lr+decay < math.Inf(1) {
		return nil
	}
	return errors.Errorf("%s: parameter %s: the learning rate is %v and the weight decay %v, want finite numbers of at least 0",
		s.rule.Kind, name, lr, decay)
}

// finish computes the queued pieces.
func (s *Solver) finish() error {
	for i := range s.jobs {
		if s.jobs[i].lo == 0 {
			s.jobs[i].r.updates++
		}
	}
	s.fault = nil
	kernel.ForEach(len(s.jobs), s.run)
	return s.fault
}

func (s *Solver) do(j *job) {
	// The formula may be the user's own, and runs on a thread where nobody
	// else can recover.
	defer func() {
		if r := recover(); r != nil {
			s.mutex.Lock()
			s.fault = errors.Errorf("%s: the formula panicked on %s: %v", s.rule.Kind, j.r.name, r)
			s.mutex.Unlock()
		}
	}()
	if j.w32 != nil {
		p := Piece[float32]{Update: j.r.updates, LR: j.lr, WeightDecay: j.decay, Shape: j.r.shape, W: j.w32[j.lo:j.hi], G: j.g32[j.lo:j.hi]}
		for i, x := range j.r.x32 {
			if x != nil {
				p.State[i] = x[j.lo:j.hi]
			}
		}
		j.r.rule.Float32(p)
		return
	}
	p := Piece[float64]{Update: j.r.updates, LR: j.lr, WeightDecay: j.decay, Shape: j.r.shape, W: j.w64[j.lo:j.hi], G: j.g64[j.lo:j.hi]}
	for i, x := range j.r.x64 {
		if x != nil {
			p.State[i] = x[j.lo:j.hi]
		}
	}
	j.r.rule.Float64(p)
}

// elements gives a value's elements without copying.
func elements(v gorgonia.Value) ([]float32, []float64, error) {
	switch v := v.(type) {
	case *tensor.Dense:
		if v == nil {
			return nil, nil, errors.New("is nil")
		}
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

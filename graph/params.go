package graph

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// Param is one named tensor of a model: a learnable parameter, or a buffer
// such as a running mean, which is part of the model but not learned.
type Param struct {
	Name      string // dotted path: "layer1.0.conv1.weight"
	Value     *tensor.Dense
	Learnable bool
}

// Params is a model's state: its named tensors, made on first build and
// shared by every program that is built on them afterwards. Building the same
// network for training and for inference on one Params makes both see the
// same weights. The zero value is an empty store of float32 tensors with seed 0.
//
// What a tensor starts with depends on the seed and on its name alone, not on
// the order of building. Several goroutines may build and run inference
// programs on one Params at once; while one trains, no other may run.
type Params struct {
	seed  uint64
	dtype tensor.Dtype // none means float32
	blank bool

	mu     sync.Mutex // of what follows
	list   []*Param
	byName map[string]*Param
	steps  uint64
}

// ParamsOption is a setting of NewParams.
type ParamsOption func(*Params)

// WithDtype makes the tensors of that type, tensor.Float32 (the default) or
// tensor.Float64: programs built on the store compute in it throughout.
func WithDtype(dtype tensor.Dtype) ParamsOption { return func(p *Params) { p.dtype = dtype } }

// Uninitialized leaves all tensors zero when they are made, whatever their
// initialisation, without touching their memory: to count a network's
// parameters, or for weights that are to be set from elsewhere.
func Uninitialized() ParamsOption { return func(p *Params) { p.blank = true } }

// NewParams makes an empty store. Equal seeds start equal.
func NewParams(seed uint64, options ...ParamsOption) *Params {
	p := &Params{seed: seed}
	for _, o := range options {
		o(p)
	}
	return p
}

// Dtype is the element type of all tensors: float32 or float64.
func (p *Params) Dtype() tensor.Dtype {
	if p.dtype == (tensor.Dtype{}) {
		return tensor.Float32
	}
	return p.dtype
}

// Steps counts the training steps that were done on these parameters. Dropout
// masks depend on it, so it is part of a model's state.
func (p *Params) Steps() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.steps
}

// SetSteps sets the number of training steps done, so that training can go on
// with the dropout masks it would have had.
func (p *Params) SetSteps(n uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps = n
}

// All lists parameters and buffers in the order of their making.
func (p *Params) All() []*Param {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.list)
}

// Get returns the tensor of that name, or nil.
func (p *Params) Get(name string) *Param {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byName[name]
}

// Count is the number of learnable elements.
func (p *Params) Count() int {
	n := 0
	for _, q := range p.All() {
		if q.Learnable {
			n += q.Value.Shape().TotalSize()
		}
	}
	return n
}

// Set copies data, row-major, over the tensor of that name.
func (p *Params) Set(name string, data []float64) error {
	q := p.Get(name)
	if q == nil {
		return errors.Errorf("params: no tensor named %s", name)
	}
	if got, want := len(data), q.Value.Shape().TotalSize(); got != want {
		return errors.Errorf("params: %s: got %d elements, want %d for shape %v", name, got, want, q.Value.Shape())
	}
	fill(q.Value, func(i int) float64 { return data[i] })
	return nil
}

// ensure returns the tensor of that name, making it when it is new.
func (p *Params) ensure(name string, shape tensor.Shape, init Init, learnable bool) (*Param, error) {
	if q := p.Get(name); q != nil {
		return q, q.fits(shape, learnable)
	}
	if err := notEmpty(name, shape); err != nil {
		return nil, err
	}
	value := tensor.New(tensor.Of(p.Dtype()), tensor.WithShape(shape...))
	if !p.blank {
		next := init(rand.New(rand.NewPCG(p.seed, hashName(name))), shape)
		fill(value, func(int) float64 { return next() })
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if q := p.byName[name]; q != nil { // another build was faster; its tensor is equal
		return q, q.fits(shape, learnable)
	}
	q := &Param{Name: name, Value: value, Learnable: learnable}
	p.list = append(p.list, q)
	if p.byName == nil {
		p.byName = map[string]*Param{}
	}
	p.byName[name] = q
	return q, nil
}

func notEmpty(name string, shape tensor.Shape) error {
	for _, d := range shape {
		if d <= 0 {
			return errors.Errorf("parameter %s: shape %v has an empty dimension", name, shape)
		}
	}
	return nil
}

// fits refuses a parameter of the store that a network wants otherwise.
func (q *Param) fits(shape tensor.Shape, learnable bool) error {
	if !q.Value.Shape().Eq(shape) {
		return errors.Errorf("parameter %s has shape %v in the store, this network wants %v", q.Name, q.Value.Shape(), shape)
	}
	if q.Learnable != learnable {
		return errors.Errorf("parameter %s is learnable: %v in the store, this network wants %v", q.Name, q.Learnable, learnable)
	}
	return nil
}

func fill(t *tensor.Dense, f func(i int) float64) {
	if t.Dtype() == tensor.Float64 {
		for i, data := 0, t.Float64s(); i < len(data); i++ {
			data[i] = f(i)
		}
		return
	}
	for i, data := 0, t.Float32s(); i < len(data); i++ {
		data[i] = float32(f(i))
	}
}

func hashName(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

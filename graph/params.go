package graph

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/hugepages"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// Param is one named tensor of a model: a learnable parameter, or a buffer
// such as a running mean, which is part of the model but not learned. Programs
// share the memory of Value: write into it, do not replace it.
type Param struct {
	Name      string // dotted path: "layer1.0.conv1.weight"
	Value     *tensor.Dense
	Learnable bool

	builds int // that hold it
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

	prepared preparedStore // of inference programs

	mu      sync.Mutex // of what follows
	version uint64     // counts whenever a value may have changed
	list    []*Param
	byName  map[string]*Param
	steps   uint64
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
		if o != nil {
			o(p)
		}
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

// Changed says that values were written into. Inference programs prepare weights
// for their kernels once and again when they have changed: whatever asks for a
// tensor (Get, All, Set, a training program's Step and Gradients) counts as a
// change. Only who keeps a tensor and writes into it between two runs, without
// any of these, has to say so.
func (p *Params) Changed() {
	p.mu.Lock()
	p.version++
	p.mu.Unlock()
}

// All lists parameters and buffers in the order of their making.
func (p *Params) All() []*Param {
	p.Changed()
	return p.all()
}

// all is All for those who only read.
func (p *Params) all() []*Param {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.list)
}

// Get returns the tensor of that name, or nil.
func (p *Params) Get(name string) *Param {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version++
	return p.byName[name]
}

// Count is the number of learnable elements.
func (p *Params) Count() int {
	n := 0
	for _, q := range p.all() {
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

// ensure returns the tensor of that name for one build, making it when it is
// new. A build that fails gives it back by release.
func (p *Params) ensure(name string, shape tensor.Shape, init Init, learnable bool) (*Param, error) {
	p.mu.Lock()
	q, err := p.take(name, shape, learnable)
	p.mu.Unlock()
	if q != nil || err != nil {
		return q, err
	}
	n, err := size.Product(shape...)
	if err != nil {
		return nil, err
	}
	width := int(p.Dtype().Size())
	if err := size.Fit(fmt.Sprintf("shape %v", shape), n, width); err != nil {
		return nil, err
	}
	if err := size.Fit("with the parameters before it", p.elements()+n, width); err != nil {
		return nil, err
	}
	value := tensor.New(tensor.Of(p.Dtype()), tensor.WithShape(shape...))
	if p.Dtype() == tensor.Float32 {
		hugepages.Ask(value.Float32s())
	}
	if !p.blank {
		if err := initialise(value, rand.New(rand.NewPCG(p.seed, hashName(name))), init); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byName[name] == nil { // otherwise another build was faster; its tensor is equal
		q := &Param{Name: name, Value: value, Learnable: learnable}
		p.list = append(p.list, q)
		if p.byName == nil {
			p.byName = map[string]*Param{}
		}
		p.byName[name] = q
	}
	return p.take(name, shape, learnable)
}

// take returns the tensor of that name if the store has it as a network wants
// it, and counts one more build on it. The lock is held.
func (p *Params) take(name string, shape tensor.Shape, learnable bool) (*Param, error) {
	q := p.byName[name]
	switch {
	case q == nil:
		return nil, nil
	case !q.Value.Shape().Eq(shape):
		return nil, errors.Errorf("it has shape %v in the store, this network wants %v", q.Value.Shape(), shape)
	case q.Learnable != learnable:
		return nil, errors.Errorf("learnable is %v in the store, this network wants %v", q.Learnable, learnable)
	}
	q.builds++
	return q, nil
}

// release gives back what a failed build held, and removes what only it had
// made: a network that could not be built leaves nothing.
func (p *Params) release(held []*Param) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range held {
		if q.builds--; q.builds == 0 {
			delete(p.byName, q.Name)
			p.list = slices.DeleteFunc(p.list, func(r *Param) bool { return r == q })
		}
	}
}

// elements is the number of elements of all tensors.
func (p *Params) elements() int {
	n := 0
	for _, q := range p.all() {
		n += q.Value.Shape().TotalSize()
	}
	return n
}

// check refuses a type of elements that nothing computes in.
func (p *Params) check() error {
	if t := p.Dtype(); t != tensor.Float32 && t != tensor.Float64 {
		return errors.Errorf("graph: the parameters are %v, want float32 or float64", t)
	}
	return nil
}

// initialise fills a tensor. An initialisation of the user's own that panics is
// an error.
func initialise(value *tensor.Dense, rng *rand.Rand, init Init) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.WithMessage(panicked(r), "its initialisation")
		}
	}()
	next := init(rng, value.Shape().Clone())
	if next == nil {
		return errors.New("its initialisation returned no function")
	}
	fill(value, func(int) float64 { return next() })
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

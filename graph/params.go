package graph

import (
	"hash/fnv"
	"math/rand/v2"

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
// network for training and for evaluation on one Params makes both see the
// same weights.
//
// What a tensor starts with depends on the seed and on its name alone, not on
// the order of building. A Params must not be built on or trained by two
// goroutines at once; running several evaluation programs at once is fine.
type Params struct {
	seed   uint64
	dtype  tensor.Dtype
	blank  bool
	list   []*Param
	byName map[string]*Param
}

// NewParams makes an empty store of float32 tensors. Equal seeds start equal.
func NewParams(seed uint64) *Params { return newParams(seed, tensor.Float32) }

// NewParams64 makes an empty store of float64 tensors: programs built on it
// compute in float64 throughout.
func NewParams64(seed uint64) *Params { return newParams(seed, tensor.Float64) }

// NewBlankParams makes an empty store whose tensors are all zero when made,
// whatever their initialisation: to count a network's parameters, or for
// weights that are to be set from elsewhere. It does not touch their memory.
func NewBlankParams(dtype tensor.Dtype) *Params {
	p := newParams(0, dtype)
	p.blank = true
	return p
}

func newParams(seed uint64, dtype tensor.Dtype) *Params {
	return &Params{seed: seed, dtype: dtype, byName: map[string]*Param{}}
}

// Dtype is the element type of all tensors: float32 or float64.
func (p *Params) Dtype() tensor.Dtype { return p.dtype }

// All lists parameters and buffers in the order of their making.
func (p *Params) All() []*Param { return append([]*Param(nil), p.list...) }

// Get returns the tensor of that name, or nil.
func (p *Params) Get(name string) *Param { return p.byName[name] }

// Count is the number of learnable elements.
func (p *Params) Count() int {
	n := 0
	for _, q := range p.list {
		if q.Learnable {
			n += q.Value.Shape().TotalSize()
		}
	}
	return n
}

// Set copies data, row-major, over the tensor of that name.
func (p *Params) Set(name string, data []float64) error {
	q := p.byName[name]
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
	if q := p.byName[name]; q != nil {
		if !q.Value.Shape().Eq(shape) {
			return nil, errors.Errorf("parameter %s has shape %v in the store, this network wants %v", name, q.Value.Shape(), shape)
		}
		if q.Learnable != learnable {
			return nil, errors.Errorf("parameter %s is learnable: %v in the store, this network wants %v", name, q.Learnable, learnable)
		}
		return q, nil
	}
	if err := notEmpty(name, shape); err != nil {
		return nil, err
	}
	value := tensor.New(tensor.Of(p.dtype), tensor.WithShape(shape...))
	if !p.blank {
		next := init(rand.New(rand.NewPCG(p.seed, hashName(name))), shape)
		fill(value, func(int) float64 { return next() })
	}
	q := &Param{Name: name, Value: value, Learnable: learnable}
	p.list = append(p.list, q)
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

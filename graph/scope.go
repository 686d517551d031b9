package graph

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Scope is the place in the network where a block builds itself: a dotted
// path, the parameters below it, and what the build is for. Build makes the
// first one; it is of use as long as that builds.
type Scope struct {
	b    *builder
	path string
}

// builder is what all scopes of one build share.
type builder struct {
	g       *gorgonia.ExprGraph
	params  *Params
	cfg     Config
	made    map[string]*gorgonia.Node // parameters and buffers of this graph
	held    []*Param                  // the same, in the store
	learned []learned
	updates []update
	aux     []Part
	taps    []tap
	output  *gorgonia.Node // of the layer that Config.Output names
	layers  []*Layer
	open    []*Layer
	depth   int   // of blocks inside of each other
	bare    bool  // only to be looked at: parameters have a shape and no value
	fault   error // the first one of a method that returns none
}

func newBuilder(params *Params, cfg Config) *builder {
	return &builder{g: gorgonia.NewGraph(), params: params, cfg: cfg, made: map[string]*gorgonia.Node{}}
}

// network builds the whole network on x.
func (b *builder) network(net Block, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := (&Scope{b: b}).construct(net, x)
	if err != nil {
		return nil, err
	}
	if name := b.cfg.Output; name != "" && b.fault == nil {
		if b.output == nil {
			return nil, b.unknown(name)
		}
		y = b.output
	}
	return y, b.fault
}

// unknown says which layers there are instead of the one of that name.
func (b *builder) unknown(name string) error {
	names := make([]string, len(b.layers))
	for i, l := range b.layers {
		names[i] = l.Path
	}
	return errors.WithMessage(lookup.Unknown("layer", name, names), "graph: Config.Output")
}

func (b *builder) fail(path string, err error) {
	if b.fault == nil {
		b.fault = at(path, err)
	}
}

type learned struct {
	param *Param
	node  *gorgonia.Node
}

type update struct {
	param *Param
	node  *gorgonia.Node
}

type tap struct {
	name string
	node *gorgonia.Node
	grad *gorgonia.Node // of the loss, with Config.TapGradients; nil where the loss does not depend on it
}

// In goes one level deeper: In("conv1") in "layer1.0" is "layer1.0.conv1". An
// empty name stays where it is.
func (s *Scope) In(name string) *Scope {
	return &Scope{b: s.b, path: join(s.path, name)}
}

func join(path, name string) string {
	switch {
	case name == "":
		return path
	case path == "":
		return name
	}
	return path + "." + name
}

// Path is the dotted path of the scope.
func (s *Scope) Path() string { return s.path }

// Graph is the expression graph that is being built.
func (s *Scope) Graph() *gorgonia.ExprGraph { return s.b.g }

// Dtype is the element type that the network computes in.
func (s *Scope) Dtype() tensor.Dtype { return s.b.params.Dtype() }

// Training reports whether the graph is for training: batch statistics,
// dropout, auxiliary heads.
func (s *Scope) Training() bool { return s.b.cfg.Training }

// Dropout reports whether dropout layers act: in training, unless the
// configuration switches them off.
func (s *Scope) Dropout() bool { return s.b.cfg.Training && !s.b.cfg.NoDropout }

// ExactConvolutions reports whether convolutions keep to algorithms that round
// about as a sum of products does: in training, and wherever the
// configuration asks for it.
func (s *Scope) ExactConvolutions() bool { return s.b.cfg.Training || s.b.cfg.ExactConvolutions }

// Seed is a seed of the place's own, from the store's seed and the path.
func (s *Scope) Seed() uint64 { return s.b.params.seed ^ hashName(s.path) }

// Param returns the node of the learnable parameter of that name in this
// scope. Its tensor is made by init when the store does not have it yet.
func (s *Scope) Param(name string, shape tensor.Shape, init Init) (*gorgonia.Node, error) {
	return s.variable(name, shape, init, true)
}

// Buffer is like Param for a tensor that is part of the model but not learned.
func (s *Scope) Buffer(name string, shape tensor.Shape, init Init) (*gorgonia.Node, error) {
	return s.variable(name, shape, init, false)
}

func (s *Scope) variable(name string, shape tensor.Shape, init Init, learnable bool) (*gorgonia.Node, error) {
	full := join(s.path, name)
	p, err := s.param(name, shape, init, learnable)
	if err != nil {
		return nil, at(s.path, err)
	}
	with := []gorgonia.NodeConsOpt{gorgonia.WithShape(shape...), gorgonia.WithName(full)}
	if !s.b.bare {
		// Gorgonia's machines write their engine into the tensors of their
		// graph, so every program has a header of its own on the shared memory.
		with = append(with, gorgonia.WithValue(p.Value.ShallowClone()))
	}
	before := len(s.b.g.AllNodes())
	n := gorgonia.NewTensor(s.b.g, s.Dtype(), len(shape), with...)
	if len(s.b.g.AllNodes()) == before {
		// Gorgonia takes variables of equal name, type and shape for one.
		return nil, at(s.path, errors.Errorf("parameter %s: the graph has a variable %s already", name, full))
	}
	s.b.made[full] = n
	if learnable {
		s.b.learned = append(s.b.learned, learned{p, n})
	}
	return n, nil
}

// param is the parameter of the store, or one without a value where the build
// is only to be looked at.
func (s *Scope) param(name string, shape tensor.Shape, init Init, learnable bool) (*Param, error) {
	full := join(s.path, name)
	switch {
	case name == "":
		return nil, errors.New("a parameter has no name")
	case s.b.made[full] != nil:
		return nil, errors.Errorf("parameter %s is made twice: two blocks have the same name", name)
	case init == nil:
		return nil, errors.Errorf("parameter %s: its initialisation is nil", name)
	case len(shape) == 0:
		return nil, errors.Errorf("parameter %s has no shape, want one dimension at least", name)
	}
	for _, d := range shape {
		if d <= 0 {
			return nil, errors.Errorf("parameter %s: shape %v has an empty dimension", name, shape)
		}
	}
	if s.b.bare {
		_, err := size.Product(shape...)
		return &Param{Name: full, Learnable: learnable}, errors.WithMessagef(err, "parameter %s", name)
	}
	p, err := s.b.params.ensure(full, shape, init, learnable)
	if err != nil {
		return nil, errors.WithMessagef(err, "parameter %s", name)
	}
	s.b.held = append(s.b.held, p)
	return p, nil
}

// Update makes value what the buffer of that name holds after each step of
// training. Every reader in this step still sees the old content. It does
// nothing outside training: inference programs only read what they share.
func (s *Scope) Update(name string, value *gorgonia.Node) error {
	if s.b.bare || !s.b.cfg.Training {
		return nil
	}
	return at(s.path, errors.WithMessagef(s.update(name, value), "update of %s", name))
}

func (s *Scope) update(name string, value *gorgonia.Node) error {
	full := join(s.path, name)
	buffer := s.b.made[full]
	p := s.b.params.Get(full)
	switch {
	case buffer == nil || p == nil || p.Learnable:
		return errors.New("no such buffer")
	case value == nil:
		return errors.New("the value is nil")
	case value.Graph() != s.b.g:
		return errors.New("the value belongs to another graph")
	case !value.Shape().Eq(buffer.Shape()) || value.Dtype() != buffer.Dtype():
		return errors.Errorf("the value is %v %v, want %v %v", value.Dtype(), value.Shape(), buffer.Dtype(), buffer.Shape())
	}
	for _, u := range s.b.updates {
		if u.param == p {
			return errors.New("it is updated twice")
		}
	}
	s.b.updates = append(s.b.updates, update{p, value})
	return nil
}

// AuxLoss adds weight * loss(logits) to what training minimises: an auxiliary
// head. It does nothing outside training.
func (s *Scope) AuxLoss(name string, logits *gorgonia.Node, weight float64) {
	switch {
	case !s.b.cfg.Training:
	case logits == nil || logits.Graph() != s.b.g:
		s.b.fail(s.path, errors.Errorf("auxiliary head %s: its output is nil or of another graph", name))
	case math.IsNaN(weight) || math.IsInf(weight, 0):
		s.b.fail(s.path, errors.Errorf("auxiliary head %s: its weight is %v", name, weight))
	default:
		s.b.aux = append(s.b.aux, Part{Name: join(s.path, name), Weight: weight, logits: logits})
	}
}

// Tap keeps the value of node n readable after a run under the scope's path
// and name. Taps cost memory: their values cannot share storage. They are
// collected only when the configuration asks for them.
func (s *Scope) Tap(name string, n *gorgonia.Node) {
	switch {
	case !s.b.cfg.Taps:
	case n == nil || n.Graph() != s.b.g:
		s.b.fail(s.path, errors.Errorf("tap %s: its node is nil or of another graph", name))
	default:
		s.b.taps = append(s.b.taps, tap{name: join(s.path, name), node: n})
	}
}

// Build builds block b one level deeper, under that name, and records it as a
// layer of the network, with a tap on its output. An empty name builds it in
// this very scope, without a record. A block that panics is an error at its
// path.
func (s *Scope) Build(name string, b Block, x *gorgonia.Node) (*gorgonia.Node, error) {
	inner := s.In(name)
	if name == "" || b == nil || isNil(b) || x == nil {
		return inner.construct(b, x)
	}
	l := &Layer{Path: inner.path, Name: name, Kind: kindOf(b), Depth: len(s.b.open), In: x.Shape(), first: len(s.b.g.AllNodes())}
	if u, ok := b.(interface{ Unit() bool }); ok {
		l.Unit = u.Unit()
	}
	before := len(s.b.layers)
	s.b.layers = append(s.b.layers, l)
	s.b.open = append(s.b.open, l)
	y, err := inner.construct(b, x)
	s.b.open = s.b.open[:len(s.b.open)-1]
	if err != nil {
		s.b.layers = s.b.layers[:before]
		return nil, err
	}
	l.Out, l.last = y.Shape(), len(s.b.g.AllNodes())
	l.Leaf = s.b.layers[len(s.b.layers)-1] == l
	if l.Path == s.b.cfg.Output {
		s.b.output = y
	}
	s.Tap(name, y)
	return y, nil
}

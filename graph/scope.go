package graph

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Block is configuration that can build itself into a graph: a layer, a
// combination of layers, a whole network. Building it twice gives two copies
// of the structure; what they share is decided by the Params they are built on.
type Block interface {
	Build(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error)
}

// BlockFunc makes a function a Block.
type BlockFunc func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error)

// Build calls f.
func (f BlockFunc) Build(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return f(s, x) }

// Scope is the place in the network where a block builds itself: a dotted
// path, the parameters below it, and what the build is for.
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
	learned []learned
	updates []update
	aux     []Part
	taps    []tap
	layers  []*Layer
	open    []*Layer
	bare    bool // only to be looked at: parameters have a shape and no value
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
}

// LayerError is an error at one place of the network.
type LayerError struct {
	Path string // dotted; empty at the network's top
	Err  error
}

func (e *LayerError) Error() string {
	if e.Path == "" {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

// Unwrap returns the error without its place.
func (e *LayerError) Unwrap() error { return e.Err }

// at gives err its place unless a deeper scope did.
func at(path string, err error) error {
	var placed *LayerError
	if err == nil || errors.As(err, &placed) {
		return err
	}
	return &LayerError{Path: path, Err: err}
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

// Fused reports whether a block may join layers into one operation, such as an
// activation with what is before it. Without fusion every intermediate value is
// a node of its own; taps want to read them, so there is none then.
func (s *Scope) Fused() bool { return !s.b.cfg.NoFusion && !s.b.cfg.Taps }

// ExactConvolutions reports whether convolutions keep to algorithms that round
// no more than a sum of products does: in training, and wherever the
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
	if s.b.made[full] != nil {
		return nil, at(s.path, errors.Errorf("parameter %s is made twice: two blocks have the same name", name))
	}
	p := &Param{Name: full, Learnable: learnable}
	with := []gorgonia.NodeConsOpt{gorgonia.WithShape(shape...), gorgonia.WithName(full)}
	if s.b.bare {
		if err := notEmpty(full, shape); err != nil {
			return nil, at(s.path, err)
		}
	} else {
		var err error
		if p, err = s.b.params.ensure(full, shape, init, learnable); err != nil {
			return nil, at(s.path, err)
		}
		// Gorgonia's machines write their engine into the tensors of their
		// graph, so every program has a header of its own on the shared memory.
		with = append(with, gorgonia.WithValue(p.Value.ShallowClone()))
	}
	n := gorgonia.NewTensor(s.b.g, s.Dtype(), len(shape), with...)
	s.b.made[full] = n
	if learnable {
		s.b.learned = append(s.b.learned, learned{p, n})
	}
	return n, nil
}

// Update makes value what the buffer of that name holds after each run of the
// program. Every reader in this run still sees the old content.
func (s *Scope) Update(name string, value *gorgonia.Node) error {
	if s.b.bare {
		return nil
	}
	full := join(s.path, name)
	p := s.b.params.Get(full)
	if p == nil || p.Learnable {
		return at(s.path, errors.Errorf("update of %s: no such buffer", name))
	}
	if !value.Shape().Eq(p.Value.Shape()) {
		return at(s.path, errors.Errorf("update of %s: value has shape %v, want %v", name, value.Shape(), p.Value.Shape()))
	}
	s.b.updates = append(s.b.updates, update{p, value})
	return nil
}

// AuxLoss adds weight * loss(logits) to what training minimises: an auxiliary
// head. It does nothing outside training.
func (s *Scope) AuxLoss(name string, logits *gorgonia.Node, weight float64) {
	if s.b.cfg.Training {
		s.b.aux = append(s.b.aux, Part{Name: join(s.path, name), Weight: weight, logits: logits})
	}
}

// Tap keeps the value of node n readable after a run under the scope's path
// and name. Taps cost memory: their values cannot share storage. They are
// collected only when the configuration asks for them.
func (s *Scope) Tap(name string, n *gorgonia.Node) {
	if s.b.cfg.Taps {
		s.b.taps = append(s.b.taps, tap{join(s.path, name), n})
	}
}

// Build builds block b one level deeper, under that name, and records it as a
// layer of the network, with a tap on its output. An empty name builds it in
// this very scope, without a record.
func (s *Scope) Build(name string, b Block, x *gorgonia.Node) (*gorgonia.Node, error) {
	if b == nil {
		return nil, at(s.path, errors.Errorf("block %q is nil", name))
	}
	if name == "" {
		y, err := b.Build(s, x)
		return y, at(s.path, err)
	}
	inner := s.In(name)
	l := &Layer{Path: inner.path, Name: name, Kind: kindOf(b), Depth: len(s.b.open), In: x.Shape(), first: len(s.b.g.AllNodes())}
	if u, ok := b.(interface{ Unit() bool }); ok {
		l.Unit = u.Unit()
	}
	s.b.layers = append(s.b.layers, l)
	s.b.open = append(s.b.open, l)
	y, err := b.Build(inner, x)
	s.b.open = s.b.open[:len(s.b.open)-1]
	if err != nil {
		return nil, at(inner.path, err)
	}
	l.Out, l.last = y.Shape(), len(s.b.g.AllNodes())
	l.Leaf = s.b.layers[len(s.b.layers)-1] == l
	s.Tap(name, y)
	return y, nil
}

// kindOf is the block's own short description: its Kind, or what it prints as
// if that is one line, or its type's name.
func kindOf(b Block) string {
	if k, ok := b.(interface{ Kind() string }); ok {
		return k.Kind()
	}
	if p, ok := b.(fmt.Stringer); ok {
		if text := p.String(); !strings.Contains(text, "\n") {
			return text
		}
	}
	t := reflect.TypeOf(b)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Func {
		return "func"
	}
	return strings.TrimPrefix(fmt.Sprint(t.Name()), "*")
}

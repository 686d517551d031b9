package graph

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
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
func (f BlockFunc) Build(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if f == nil {
		return nil, errors.New("the block is a nil graph.BlockFunc")
	}
	return f(s, x)
}

// deepest is how many blocks may be inside of each other. One that contains
// itself would end the process, for want of stack.
const deepest = 1000

// construct has block b build itself on x. A block that panics or returns
// nothing is an error at the scope's path.
func (s *Scope) construct(b Block, x *gorgonia.Node) (y *gorgonia.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			y, err = nil, at(s.path, panicked(r))
		}
	}()
	switch {
	case b == nil:
		return nil, at(s.path, errors.New("the block is nil"))
	case isNil(b):
		return nil, at(s.path, errors.Errorf("the block is a nil %T", b))
	case x == nil:
		return nil, at(s.path, errors.New("the input is nil"))
	case x.Graph() != s.b.g:
		return nil, at(s.path, errors.Errorf("the input (%s) belongs to another graph", x.Name()))
	}
	s.b.depth++
	defer func() { s.b.depth-- }()
	if s.b.depth > deepest {
		return nil, at(s.path, errors.Errorf("blocks are more than %d deep inside of each other: does one contain itself?", deepest))
	}
	y, err = b.Build(s, x)
	switch {
	case err != nil:
		return nil, at(s.path, err)
	case y == nil:
		return nil, at(s.path, errors.Errorf("%T returned neither an output nor an error", b))
	case y.Graph() != s.b.g:
		return nil, at(s.path, errors.Errorf("the output (%s) of %T belongs to another graph", y.Name(), b))
	}
	return y, nil
}

// panicked makes an error of what recover returned. Its verb %+v prints where
// the panic began.
func panicked(r any) error {
	if err, ok := r.(error); ok {
		return errors.Wrap(err, "panic")
	}
	return errors.Errorf("panic: %v", r)
}

// isNil reports whether an interface that is not nil holds a nil pointer or
// function. A nil slice is an empty one.
func isNil(v any) bool {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Func:
		return r.IsNil()
	}
	return false
}

// kindOf is the block's own short description: its Kind, or what it prints as
// if that is one line, or its type's name.
func kindOf(b Block) (kind string) {
	t := reflect.TypeOf(b)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	kind = t.Name()
	if t.Kind() == reflect.Func {
		kind = "func"
	}
	name := kind
	defer func() { // a description that panics is none
		if recover() != nil {
			kind = name
		}
	}()
	if k, ok := b.(interface{ Kind() string }); ok {
		return k.Kind()
	}
	if p, ok := b.(fmt.Stringer); ok {
		if text := p.String(); !strings.Contains(text, "\n") {
			return text
		}
	}
	return kind
}

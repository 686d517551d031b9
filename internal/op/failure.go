package op

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
)

// RunError is why one node's run failed.
type RunError struct {
	Place string // of the node in its network; may be empty
	Op    string // the operation's name
	Err   error
}

// Error is place, operation and reason: "layer1.0.conv1: conv2d: ...".
func (e *RunError) Error() string {
	if e.Place == "" {
		return e.Op + ": " + e.Err.Error()
	}
	return e.Place + ": " + e.Op + ": " + e.Err.Error()
}

// Unwrap is the reason.
func (e *RunError) Unwrap() error { return e.Err }

// Format adds under the verb %+v where a panic began.
func (e *RunError) Format(f fmt.State, verb rune) {
	io.WriteString(f, e.Error())
	if p := (*kernel.Panic)(nil); verb == 'v' && f.Flag('+') && errors.As(e.Err, &p) {
		fmt.Fprintf(f, "\n%s", p.Stack)
	}
}

func (n *Node) failed(err error) error {
	return &RunError{Place: n.place, Op: n.op.Name(), Err: err}
}

func broken(thrown any) error {
	p, ok := thrown.(*kernel.Panic)
	if !ok {
		p = &kernel.Panic{Value: thrown, Stack: debug.Stack()}
	}
	return errors.WithMessage(p, "internal error")
}

// Failure is the *RunError behind an error of the tape machine, which wraps it
// in a type of its own that errors.As cannot see into. Any other error is
// returned as it is.
func Failure(err error) error {
	for e := err; e != nil; {
		switch x := e.(type) {
		case *RunError:
			return x
		case interface{ Err() error }:
			e = x.Err()
		case interface{ Unwrap() error }:
			e = x.Unwrap()
		default:
			return err
		}
	}
	return err
}

// Stop lets a context end a program's runs between two of its operations: all
// nodes that were given the same one look at it before each run. Its zero
// value, and nil, never stop.
type Stop struct {
	ctx  context.Context
	done <-chan struct{}
}

// Watch makes ctx the one to look at. To be called between runs, not during
// one.
func (s *Stop) Watch(ctx context.Context) { s.ctx, s.done = ctx, ctx.Done() }

// Err is the reason why the context ended (context.Cause), nil while it has
// not.
func (s *Stop) Err() error {
	if s == nil || s.done == nil {
		return nil
	}
	select {
	case <-s.done:
		return context.Cause(s.ctx)
	default:
		return nil
	}
}

package kernel

import (
	"fmt"
	"io"
	"runtime/debug"
)

// Panic is what a parallel section panics with, on its caller's goroutine,
// when one of its parts panicked on some other: nothing could recover it there.
type Panic struct {
	Value any    // what the part panicked with
	Stack []byte // of the goroutine that ran the part
}

// caught makes a recovered value a Panic. One that a section within the part
// has thrown already names the place where it began.
func caught(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	return &Panic{Value: value, Stack: debug.Stack()}
}

// Error is the value's text.
func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Unwrap is the value where that is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Format adds the stack under the verb %+v.
func (p *Panic) Format(f fmt.State, verb rune) {
	io.WriteString(f, p.Error())
	if verb == 'v' && f.Flag('+') {
		fmt.Fprintf(f, "\n%s", p.Stack)
	}
}

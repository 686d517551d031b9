package graph

import (
	"reflect"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// machine is a tape machine of Gorgonia with all instructions of its program.
//
// Gorgonia's own RunAll starts a goroutine for every run and holds the caller's
// thread until it is done, since CUDA's contexts belong to threads: two hand-overs
// between threads a run, more than a small network takes for one image. The
// machine's Run executes instructions on the goroutine that calls it. Its argument
// has a type without a public name, and the program keeps its instructions to
// itself, hence instructionsOf.
type machine struct {
	gorgonia.VM
	run func() error
}

// newMachine is NewTapeMachine for a compiled program.
//
// Each instruction gives its node the value it computed. Run does so once more in
// the end by the map of registers, which nodes share one after the other: all but a
// register's last node would get another's value. So it finds no map.
func newMachine(g *gorgonia.ExprGraph, options ...gorgonia.VMOpt) *machine {
	tape := gorgonia.NewTapeMachine(g, options...)
	clear(tape.LocMap())
	run, ok := instructionsOf(tape.Prog(), tape.Run)
	if !ok {
		run = tape.RunAll
	}
	return &machine{VM: tape, run: run}
}

// instructionsOf binds the instructions of a Gorgonia program, which are an F, to
// the method that executes them. It is not ok where Gorgonia keeps them otherwise.
func instructionsOf[F any](program any, run func(F) error) (all func() error, ok bool) {
	field := reflect.ValueOf(program).Elem().FieldByName("instructions")
	if !field.IsValid() || field.Type() != reflect.TypeFor[F]() {
		return nil, false
	}
	instructions := *(*F)(field.Addr().UnsafePointer())
	return func() error { return run(instructions) }, true
}

// Run executes the whole program once. A panic in an operation that is not of
// this module is an error too: on the machine's own goroutine it would end the
// process.
func (m *machine) Run() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("an operation panicked: %v", r)
		}
	}()
	m.Reset()
	return m.run()
}

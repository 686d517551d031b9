package op_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// stumble panics in one part of a parallel section.
type stumble struct{ part int }

func (o stumble) Name() string       { return "stumble" }
func (o stumble) Attributes() string { return fmt.Sprint(o.part) }
func (o stumble) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), nil
}
func (o stumble) Float32(op.Args[float32]) error { return o.run() }
func (o stumble) Float64(op.Args[float64]) error { return o.run() }

func (o stumble) run() error {
	kernel.ForEach(8, func(part int) {
		if part == o.part {
			var none []int
			none[part]++
		}
	})
	return nil
}

// A slip in the arithmetic ends the run with an error, not the process, on
// whichever goroutine it happens.
func TestPanicIsAnError(t *testing.T) {
	for _, threads := range []int{1, 4} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		for part := range 8 {
			g := gorgonia.NewGraph()
			x := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithShape(2), gorgonia.WithName("x"),
				gorgonia.WithValue(tensor.New(tensor.WithBacking([]float32{1, 2}))))
			if _, err := op.Apply(stumble{part}, x); err != nil {
				t.Fatal(err)
			}
			machine := gorgonia.NewTapeMachine(g)
			err := op.Failure(machine.RunAll())
			machine.Close()
			want := fmt.Sprintf("stumble: internal error: runtime error: index out of range [%d] with length 0", part)
			if err == nil || err.Error() != want {
				t.Fatalf("%d threads: got %v, want %s", threads, err, want)
			}
			if text := fmt.Sprintf("%+v", err); !strings.Contains(text, "stumble.run") {
				t.Errorf("%d threads: the error does not show where it began:\n%s", threads, text)
			}
		}
	}
}

package op_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// refusal fails with err, if there is one.
type refusal struct{ err error }

func (o *refusal) Name() string       { return "refusal" }
func (o *refusal) Attributes() string { return "" }
func (o *refusal) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), nil
}
func (o *refusal) Float32(op.Args[float32]) error { return o.err }
func (o *refusal) Float64(op.Args[float64]) error { return o.err }

func TestFailureNamesThePlace(t *testing.T) {
	g := gorgonia.NewGraph()
	x := vector(g, "x")
	o := &refusal{}
	y, err := op.Apply(o, x)
	if err != nil {
		t.Fatal(err)
	}
	var stop op.Stop
	op.Of(y).SetPlace("layer1.0.conv1")
	op.Of(y).SetStop(&stop)
	machine := gorgonia.NewTapeMachine(g)
	defer machine.Close()
	run := func() error {
		machine.Reset()
		return op.Failure(machine.RunAll())
	}
	if err := run(); err != nil {
		t.Fatalf("before anything was stopped: %v", err)
	}

	o.err = errors.New("no")
	if err := run(); err == nil || err.Error() != "layer1.0.conv1: refusal: no" || !errors.Is(err, o.err) {
		t.Errorf("got %v, want layer1.0.conv1: refusal: no", err)
	}
	o.err = nil

	ctx, cancel := context.WithCancelCause(context.Background())
	stop.Watch(ctx)
	if err := run(); err != nil {
		t.Errorf("before the context was cancelled: %v", err)
	}
	enough := errors.New("enough")
	cancel(enough)
	if err := run(); !errors.Is(err, enough) || !strings.HasPrefix(err.Error(), "layer1.0.conv1: ") {
		t.Errorf("got %v, want layer1.0.conv1: refusal: %v", err, enough)
	}
	stop.Watch(context.Background())
	if err := run(); err != nil {
		t.Errorf("with another context: %v", err)
	}
}

func TestFailureLeavesOtherErrors(t *testing.T) {
	if err := op.Failure(nil); err != nil {
		t.Errorf("got %v for nil", err)
	}
	other := errors.New("other")
	if err := op.Failure(other); err != other {
		t.Errorf("got %v, want %v", err, other)
	}
}

func vector(g *gorgonia.ExprGraph, name string) *gorgonia.Node {
	return gorgonia.NewVector(g, tensor.Float32, gorgonia.WithShape(2), gorgonia.WithName(name),
		gorgonia.WithValue(tensor.New(tensor.WithBacking([]float32{1, 2}))))
}

package graph

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// calls lists what may be asked of a program.
func calls(p *Program) map[string]func() error {
	ctx, x := context.Background(), images(100)
	return map[string]func() error{
		"Run":            func() error { _, err := p.Run(ctx, x); return err },
		"Step":           func() error { _, err := p.Step(ctx, x, Labels([]int{0, 1})); return err },
		"Loss":           func() error { _, err := p.Loss(ctx, x, Labels([]int{0, 1})); return err },
		"Logits":         func() error { _, err := p.Logits(); return err },
		"Gradients":      func() error { _, err := p.Gradients(); return err },
		"InputGradient":  func() error { _, err := p.InputGradient(); return err },
		"Tap":            func() error { _, err := p.Tap("conv1"); return err },
		"TapGradient":    func() error { _, err := p.TapGradient("conv1"); return err },
		"FirstNonFinite": func() error { _, err := p.FirstNonFinite(ctx); return err },
		"Profile": func() error {
			_, err := p.Profile(ctx, 1, func(context.Context) error { return nil })
			return err
		},
	}
}

// What a program can't do is an error that says why, whatever is asked and
// whenever.
func TestProgramsThatCannotRun(t *testing.T) {
	closed, err := Build(small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	inference := mustBuild(t, small{4}, NewParams(1), InferenceConfig(2, 2, 5, 5))
	training := mustBuild(t, small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	for _, c := range []struct {
		name string
		p    *Program
		want map[string]string // by call, "" for the others
	}{
		{"nil", nil, map[string]string{"": "not made by Build"}},
		{"zero", &Program{}, map[string]string{"": "not made by Build"}},
		{"closed", closed, map[string]string{"": "the program is closed"}},
		{"inference before a run", inference, map[string]string{
			"Run": "nil", "Profile": "nil", "Step": "Step is for training programs", "Loss": "built without Config.Loss",
			"Gradients": "this one is for inference", "": "has not run yet",
		}},
		{"training before a run", training, map[string]string{
			"Run": "computes a loss", "Step": "nil", "Profile": "nil", "Loss": "Loss is for inference programs", "": "has not run yet",
		}},
	} {
		for name, call := range calls(c.p) {
			want, ok := c.want[name]
			if !ok {
				want = c.want[""]
			}
			if want == "nil" {
				continue
			}
			if err := call(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s of a program that is %s: error %v, want %q", name, c.name, err, want)
			}
		}
	}
	for _, p := range []*Program{nil, {}, closed} { // these have no error to return
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		_, _, _, _, _, _ = p.Config(), p.Params(), p.Parts(), p.TapNames(), p.Layers(), p.MACs()
		_, _, _, _ = p.Summary(0).String(), p.Memory(), p.BatchSize(), p.Classes()
		_ = p.Tape()
		if _, err := p.Structure(); err == nil && p != closed {
			t.Error("Structure of no program is no error")
		}
	}
}

// Parts and gradients are the caller's own.
func TestResultsAreCopies(t *testing.T) {
	p := mustBuild(t, small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
		t.Fatal(err)
	}
	p.Parts()[0] = Part{}
	grads, err := p.Gradients()
	if err != nil {
		t.Fatal(err)
	}
	grads[0] = Gradient{}
	cfg := p.Config()
	cfg.Input[0] = 99
	if again, err := p.Gradients(); err != nil || again[0].Name != "conv1.weight" || p.Parts()[0].Name != "main" || p.BatchSize() != 2 {
		t.Error("a caller's change reached the program")
	}
}

// breaks is an operation that fails when told to.
type breaks struct{ err error }

func (*breaks) Name() string                                  { return "breaks" }
func (*breaks) Attributes() string                            { return "" }
func (*breaks) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0].Clone(), nil }
func (o *breaks) Float32(a op.Args[float32]) error            { copy(a.Out, a.In[0]); return o.do() }
func (o *breaks) Float64(a op.Args[float64]) error            { copy(a.Out, a.In[0]); return o.do() }
func (*breaks) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	return gorgonia.Nodes{grad}, nil
}
func (o *breaks) do() error {
	if o.err != nil && o.err.Error() == "panic" {
		panic("no luck")
	}
	return o.err
}

// An error of a run names the layer, and the values of such a run are not
// handed out.
func TestRunErrorsNameTheLayer(t *testing.T) {
	o := &breaks{}
	net := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := within("bad", BlockFunc(func(_ *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return op.Apply(o, x) })).Build(s, x)
		if err != nil {
			return nil, err
		}
		return s.Build("fc", head{4}, y)
	})
	p := mustBuild(t, net, NewParams(1), TrainingConfig(2, 2, 5, 5))
	step := func(ctx context.Context) error {
		_, err := p.Step(ctx, images(100), Labels([]int{0, 1}))
		return err
	}
	if err := step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"no luck": "layer1.bad: breaks: no luck", "panic": "layer1.bad: breaks: internal error: no luck"} {
		o.err = errors.New(text)
		err := step(t.Context())
		var placed *LayerError
		if !errors.As(err, &placed) || placed.Path != "layer1.bad" || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
		if _, err := p.Logits(); err == nil || !strings.Contains(err.Error(), "not finished") {
			t.Errorf("values of a failed run: %v", err)
		}
	}
	o.err = nil
	if err := step(t.Context()); err != nil {
		t.Errorf("after a failed run: %v", err)
	}
	if got := p.Params().Steps(); got != 2 {
		t.Errorf("%d steps counted, want the two that succeeded", got)
	}
}

// waits cancels its own run.
type waits struct {
	breaks
	cancel func()
	runs   int
}

func (*waits) Name() string { return "waits" }
func (o *waits) Float32(a op.Args[float32]) error {
	copy(a.Out, a.In[0])
	o.runs++
	if o.cancel != nil {
		o.cancel()
	}
	return nil
}

// A context that ends stops a run between two operations; the next one is
// whole again.
func TestContextStopsARun(t *testing.T) {
	first, second := &waits{}, &waits{}
	net := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := op.Apply(first, x)
		if err != nil {
			return nil, err
		}
		return s.Build("second", BlockFunc(func(_ *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return op.Apply(second, x) }), y)
	})
	p := mustBuild(t, net, NewParams(1), InferenceConfig(1, 2))
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	first.cancel = func() { cancel(enough) }
	if _, err := p.Run(ctx, []float32{1, 2}); !errors.Is(err, enough) || !strings.HasPrefix(err.Error(), "second: ") {
		t.Errorf("error is %v, want second: waits: enough", err)
	}
	if first.runs != 1 || second.runs != 0 {
		t.Errorf("operations ran %d and %d times, want 1 and 0", first.runs, second.runs)
	}
	if _, err := p.Run(ctx, []float32{1, 2}); !errors.Is(err, enough) || first.runs != 1 {
		t.Errorf("with an ended context: %v", err)
	}
	first.cancel = nil
	if y, err := p.Run(t.Context(), []float32{1, 2}); err != nil || y.Float32s()[1] != 2 {
		t.Errorf("after a cancelled run: %v, %v", y, err)
	}
	var none context.Context
	if _, err := p.Run(none, []float32{1, 2}); err == nil || !strings.Contains(err.Error(), "context is nil") {
		t.Errorf("nil context: %v", err)
	}
}

// Memory is planned for one order. A tape in another is refused, not run.
func TestTapeRunsInItsPlannedOrder(t *testing.T) {
	p := mustBuild(t, small{4}, NewParams(1), InferenceConfig(2, 2, 5, 5))
	if _, err := p.Run(t.Context(), images(100)); err != nil {
		t.Fatal(err)
	}
	nodes := ours(p.order)
	op.Of(nodes[0]).SetTurn(&p.turns, 1)
	op.Of(nodes[1]).SetTurn(&p.turns, 0)
	if _, err := p.Run(t.Context(), images(100)); err == nil || !strings.Contains(err.Error(), "its memory was planned for operation") {
		t.Errorf("another order than planned: %v", err)
	}
	op.Of(nodes[0]).SetTurn(&p.turns, 0)
	op.Of(nodes[1]).SetTurn(&p.turns, 1)
	p.turns.Add()
	if _, err := p.Run(t.Context(), images(100)); err == nil || !strings.Contains(err.Error(), "operations ran") {
		t.Errorf("fewer operations than planned: %v", err)
	}
}

// Several goroutines build on one store and run what they built, under the race
// detector. Gorgonia writes its engine into the tensors that a graph refers to.
func TestProgramsOfOneStoreAtOnce(t *testing.T) {
	params := NewParams(1)
	want := mustBuild(t, small{4}, NewParams(1), InferenceConfig(2, 2, 5, 5))
	y, err := want.Run(t.Context(), images(100))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for k := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 5 {
				if err := buildAndRun(t.Context(), params, y.Float32s()); err != nil {
					t.Errorf("goroutine %d: %v", k, err)
				}
			}
		}()
	}
	wait.Wait()
	if n := len(params.All()); n != 10 {
		t.Errorf("%d tensors in the store, want 10", n)
	}
}

func buildAndRun(ctx context.Context, params *Params, want []float32) error {
	p, err := Build(small{4}, params, InferenceConfig(2, 2, 5, 5))
	if err != nil {
		return err
	}
	defer p.Close()
	for range 3 {
		y, err := p.Run(ctx, images(100))
		if err != nil {
			return err
		}
		for i, v := range y.Float32s() {
			if v != want[i] {
				return fmt.Errorf("output %d is %v, want %v", i, v, want[i])
			}
		}
	}
	return nil
}

// likelihood is a loss of Gorgonia's operations that has it use its constants and
// rewrite the graph.
var likelihood = LossFunc{MultiLabel, func(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	p, err := gorgonia.Sigmoid(output)
	if err != nil {
		return nil, err
	}
	if p, err = gorgonia.BinaryXent(p, target); err != nil {
		return nil, err
	}
	for _, f := range []unary{gorgonia.Rectify, gorgonia.Square, gorgonia.Cube, gorgonia.Softplus, gorgonia.Log2} {
		if p, err = f(p); err != nil {
			return nil, err
		}
	}
	return gorgonia.Mean(p)
}}

// Training programs on stores of their own, built and run at once.
func TestTrainingAtOnce(t *testing.T) {
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			for range 3 {
				cfg := TrainingConfig(2, 2, 5, 5)
				cfg.Loss = likelihood
				p, err := Build(small{4}, NewParams(1), cfg)
				if err != nil {
					t.Error(err)
					return
				}
				for range 3 {
					if _, err := p.Step(t.Context(), images(100), MultiLabels(make([]float32, 8))); err != nil {
						t.Error(err)
					}
					if _, err := p.FirstNonFinite(t.Context()); err != nil {
						t.Error(err)
					}
				}
				p.Close()
			}
		})
	}
	wait.Wait()
}

// One program in two goroutines is an error of one of them, if it is seen.
func TestProgramInTwoGoroutines(t *testing.T) {
	enter, leave := make(chan bool), make(chan bool)
	o := &waits{cancel: func() { enter <- true; <-leave }}
	net := BlockFunc(func(_ *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return op.Apply(o, x) })
	p := mustBuild(t, net, NewParams(1), InferenceConfig(1, 2))
	result := make(chan error)
	go func() { _, err := p.Run(t.Context(), []float32{1, 2}); result <- err }()
	<-enter
	if _, err := p.Run(t.Context(), []float32{1, 2}); err == nil || !strings.Contains(err.Error(), "another goroutine") {
		t.Errorf("second run at once: %v", err)
	}
	leave <- true
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// Dropout draws by the steps done on the parameters, whatever program does
// them.
func TestDropoutGoesByTheStepsOfTheStore(t *testing.T) {
	net := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := ops.Dropout(x, ops.DropoutConfig{P: 0.5, Seed: 7})
		if err != nil {
			return nil, err
		}
		return s.Build("fc", head{4}, y)
	})
	losses := func(split bool) (out []float64) {
		params := NewParams(1)
		a := mustBuild(t, net, params, TrainingConfig(2, 2, 5, 5))
		b := a
		if split {
			b = mustBuild(t, net, params, TrainingConfig(2, 2, 5, 5))
		}
		for _, p := range []*Program{a, b, a, b} {
			loss, err := p.Step(t.Context(), images(100), Labels([]int{0, 1}))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, loss)
		}
		if params.Steps() != 4 {
			t.Errorf("%d steps, want 4", params.Steps())
		}
		params.SetSteps(1)
		loss, err := a.Step(t.Context(), images(100), Labels([]int{0, 1}))
		if err != nil {
			t.Fatal(err)
		}
		return append(out, loss)
	}
	one, two := losses(false), losses(true)
	for i := range one {
		if one[i] != two[i] {
			t.Errorf("step %d: loss %v with one program, %v with two", i, one[i], two[i])
		}
	}
	if one[0] == one[1] || one[4] != one[1] || math.IsNaN(one[0]) {
		t.Errorf("losses %v: want another mask a step, and that of step 1 again at the end", one)
	}
}

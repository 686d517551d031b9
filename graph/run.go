package graph

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Run computes the network's output, (N, classes) for a classifier, from one
// batch of images (N, C, H, W), row-major. The result belongs to the program
// and changes with the next run. A program that computes a loss has Step or
// Loss instead.
func (p *Program) Run(ctx context.Context, images []float32) (*tensor.Dense, error) {
	if err := p.usable(); err != nil {
		return nil, err
	}
	if p.loss != nil {
		return nil, errors.New("graph: this program computes a loss: use Step, or Loss in inference, which take a target")
	}
	if err := p.execute(ctx, images, nil); err != nil {
		return nil, err
	}
	return dense(p.logits)
}

// Step runs a training program on one batch of images (N, C, H, W) and its
// target and returns the total loss. It also computes gradients, for an
// optimizer to use, updates the buffers and counts as one of Params.Steps. It
// does not change the parameters.
func (p *Program) Step(ctx context.Context, images []float32, target Target) (float64, error) {
	if err := p.usable(); err != nil {
		return 0, err
	}
	if !p.cfg.Training {
		return 0, errors.New("graph: Step is for training programs: use Run, or Loss where the configuration has one")
	}
	loss, err := p.runLoss(ctx, images, target)
	if err == nil {
		p.params.SetSteps(p.step + 1)
		p.params.Changed() // an optimizer's step follows
	}
	return loss, err
}

// Loss runs an inference program that was built with Config.Loss on one batch
// of images (N, C, H, W) and its target and returns the loss.
func (p *Program) Loss(ctx context.Context, images []float32, target Target) (float64, error) {
	if err := p.usable(); err != nil {
		return 0, err
	}
	if p.cfg.Training {
		return 0, errors.New("graph: Loss is for inference programs: a training program has Step")
	}
	if p.loss == nil {
		return 0, errors.New("graph: this program has no loss: it was built without Config.Loss")
	}
	return p.runLoss(ctx, images, target)
}

func (p *Program) runLoss(ctx context.Context, images []float32, target Target) (float64, error) {
	if err := p.execute(ctx, images, &target); err != nil {
		return 0, err
	}
	for i := range p.parts {
		p.parts[i].Value = scalarOf(p.parts[i].node)
	}
	return scalarOf(p.loss), nil
}

func (p *Program) setInput(images []float32) error {
	if got, want := len(images), p.cfg.Input.TotalSize(); got != want {
		return errors.Errorf("graph: %d image values, want %d for shape %v", got, want, p.cfg.Input)
	}
	if p.input.Dtype() == tensor.Float32 && len(images) > 0 && &images[0] == &p.input.Float32s()[0] {
		return nil // the caller wrote into Input
	}
	set(p.input, images)
	return nil
}

// Input is where a float32 program has its batch of images (N, C, H, W): who
// writes the next batch there and hands it to Run, Step or Loss saves a copy. It
// is nil in a float64 program.
func (p *Program) Input() []float32 {
	if p == nil || p.input == nil || p.input.Dtype() != tensor.Float32 {
		return nil
	}
	return p.input.Float32s()
}

func (p *Program) setTarget(t Target) error {
	if err := t.check(p.kind, p.target.Shape(), p.classes); err != nil {
		return err
	}
	if p.kind == ClassLabels {
		copy(p.target.Ints(), t.Labels)
	} else {
		set(p.target, t.Values)
	}
	return nil
}

func set(t *tensor.Dense, values []float32) {
	if t.Dtype() == tensor.Float32 {
		copy(t.Float32s(), values)
		return
	}
	for i, data := 0, t.Float64s(); i < len(data); i++ {
		data[i] = float64(values[i])
	}
}

// execute takes the batch, runs the tape and then writes the buffers' new
// values.
func (p *Program) execute(ctx context.Context, images []float32, target *Target) error {
	if ctx == nil {
		return errors.New("graph: run: the context is nil")
	}
	if !p.busy.CompareAndSwap(false, true) {
		return errors.New("graph: run: the program runs in another goroutine")
	}
	defer p.busy.Store(false)
	if target != nil {
		if err := p.setTarget(*target); err != nil {
			return errors.WithMessage(err, "graph")
		}
	}
	if err := p.setInput(images); err != nil {
		return err
	}
	if err := p.prepare(ctx); err != nil {
		p.state = unfinished
		return err
	}
	if err := p.tape(ctx, p.params.Steps()); err != nil {
		return err
	}
	return p.writeBuffers()
}

// tape runs the machine once, as the step of that number.
func (p *Program) tape(ctx context.Context, step uint64) error {
	p.state, p.step = unfinished, step
	if err := ctx.Err(); err != nil {
		return errors.Wrap(context.Cause(ctx), "graph: run")
	}
	for _, s := range p.steppers {
		s.SetStep(step)
	}
	p.stop.Watch(ctx)
	p.turns.Begin()
	err := p.machine.Run()
	p.stop.Watch(context.Background())
	if err != nil {
		return ofRun(err)
	}
	if err := p.turns.End(); err != nil {
		return errors.Wrap(err, "graph: run")
	}
	p.state = done
	return nil
}

func (p *Program) writeBuffers() error {
	for _, u := range p.updates {
		v, err := dense(u.node)
		if err != nil {
			return err
		}
		if v.Dtype() == tensor.Float32 {
			copy(u.param.Value.Float32s(), v.Float32s())
		} else {
			copy(u.param.Value.Float64s(), v.Float64s())
		}
	}
	return nil
}

// valueOf is a node's value: an operation of ours has it itself.
func valueOf(n *gorgonia.Node) gorgonia.Value {
	if o := op.Of(n); o != nil {
		return o.Value()
	}
	return n.Value()
}

func dense(n *gorgonia.Node) (*tensor.Dense, error) {
	v := valueOf(n)
	if d, ok := v.(*tensor.Dense); ok {
		return d, nil
	}
	return nil, errors.Errorf("graph: node %s has no tensor value: %T", n.Name(), v)
}

func scalarOf(n *gorgonia.Node) float64 {
	switch v := valueOf(n).(type) {
	case *gorgonia.F32:
		return float64(*v)
	case *gorgonia.F64:
		return float64(*v)
	case *tensor.Dense:
		switch d := v.Data().(type) {
		case float32:
			return float64(d)
		case float64:
			return d
		}
	}
	return math.NaN()
}

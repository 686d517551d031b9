package graph

import (
	"slices"
	"sync/atomic"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Part is one head's share of the loss.
type Part struct {
	Name   string  // "main", or the auxiliary head's path
	Weight float64 // in the total
	Value  float64 // unweighted, after the last run

	logits, node *gorgonia.Node
}

// Gradient is the loss's gradient with respect to one parameter. Its tensor
// belongs to the program and changes with every Step.
type Gradient struct {
	Name  string        // the parameter's
	Param *tensor.Dense // its value: an optimizer writes into it
	Grad  *tensor.Dense // of the same shape

	node *gorgonia.Node
}

// Program is a network compiled for one mode and one batch size. It works on
// the tensors of the Params it was built on and keeps all its memory from one
// run to the next, so one goroutine uses it at a time; a second run at once is an
// error. Several programs may run on one Params.
type Program struct {
	cfg    Config
	net    Block
	params *Params

	machine *machine       // nil before Build is done and after Close
	order   gorgonia.Nodes // what the machine executes, in its order
	turns   op.Turns       // the same, as the nodes know it
	stop    op.Stop        // by the run's context
	state   state
	busy    atomic.Bool

	g           *gorgonia.ExprGraph
	origin      map[*gorgonia.Node]*gorgonia.Node // of what a pass made: the node that a block made
	chains      map[*gorgonia.Node]gorgonia.Nodes // of such a node: what was made one with it
	derived     map[*gorgonia.Node]*gorgonia.Node // of the derivative: what it is the derivative of
	reports     []passes.Report
	tuning      Tuning       // algorithms that were chosen
	preparation *preparation // nil where nothing is prepared
	input       *tensor.Dense
	inNode      *gorgonia.Node
	kind        TargetKind // what follows is nil without a loss
	target      *tensor.Dense
	targetNode  *gorgonia.Node
	logits      *gorgonia.Node
	loss        *gorgonia.Node
	parts       []Part
	grads       []Gradient
	inGrad      *gorgonia.Node
	updates     []update
	taps        []tap
	layers      []*Layer
	learned     int // elements of the learnable parameters
	memory      Memory
	plan        bool // made for its memory alone: it never runs
	classes     int
	steppers    []op.Stepper
	step        uint64 // of the last run, as dropout counts
}

// state says what may be asked of a program.
type state int

const (
	fresh      state = iota // no run yet
	done                    // the last run was a whole one
	unfinished              // the last run failed or was cancelled
)

// usable is an error unless the program can run.
func (p *Program) usable() error {
	switch {
	case p == nil || p.params == nil:
		return errors.New("graph: the program was not made by Build")
	case p.machine == nil:
		return errors.New("graph: the program is closed")
	}
	return nil
}

// hasRun is an error unless there are values of a whole run.
func (p *Program) hasRun() error {
	if err := p.usable(); err != nil {
		return err
	}
	switch p.state {
	case fresh:
		return errors.New("graph: the program has not run yet")
	case unfinished:
		return errors.New("graph: the last run was not finished: it has no values")
	}
	return nil
}

// Config returns what the program was built for.
func (p *Program) Config() Config {
	if p == nil {
		return Config{}
	}
	cfg := p.cfg
	cfg.Input = cfg.Input.Clone()
	return cfg
}

// Params returns the store the program works on.
func (p *Program) Params() *Params {
	if p == nil {
		return nil
	}
	return p.params
}

// BatchSize is the number of samples of a run.
func (p *Program) BatchSize() int {
	if p == nil || len(p.cfg.Input) == 0 {
		return 0
	}
	return p.cfg.Input[0]
}

// Classes is the size of the output's last dimension.
func (p *Program) Classes() int {
	if p == nil {
		return 0
	}
	return p.classes
}

// OutputShape is the shape of a run's output, the batch first.
func (p *Program) OutputShape() []int {
	if p == nil || p.logits == nil {
		return nil
	}
	return p.logits.Shape().Clone()
}

// Logits is the network's output after the last run.
func (p *Program) Logits() (*tensor.Dense, error) {
	if err := p.hasRun(); err != nil {
		return nil, err
	}
	return dense(p.logits)
}

// Parts lists the heads' shares of the loss after the last Step: "main", then
// the auxiliary heads.
func (p *Program) Parts() []Part {
	if p == nil {
		return nil
	}
	return slices.Clone(p.parts)
}

// Gradients lists the gradients of all parameters after the last Step, in the
// order in which the network makes its parameters.
func (p *Program) Gradients() ([]Gradient, error) {
	if p.Params() != nil && !p.cfg.Training {
		return nil, errors.New("graph: Gradients are those of training programs: this one is for inference")
	}
	if err := p.hasRun(); err != nil {
		return nil, err
	}
	for i := range p.grads {
		g, err := dense(p.grads[i].node)
		if err != nil {
			return nil, err
		}
		p.grads[i].Grad = g
	}
	return slices.Clone(p.grads), nil
}

// InputGradient is the loss's gradient with respect to the images, when the
// configuration asked for it.
func (p *Program) InputGradient() (*tensor.Dense, error) {
	if err := p.hasRun(); err != nil {
		return nil, err
	}
	if p.inGrad == nil {
		return nil, errors.New("graph: built without Config.InputGradient")
	}
	return dense(p.inGrad)
}

// Tap returns the output of the named layer after the last run, when the
// configuration asked for taps.
func (p *Program) Tap(name string) (*tensor.Dense, error) {
	if err := p.hasRun(); err != nil {
		return nil, err
	}
	if !p.cfg.Taps {
		return nil, errors.New("graph: built without Config.Taps")
	}
	for _, t := range p.taps {
		if t.name == name {
			return dense(t.node)
		}
	}
	return nil, errors.Errorf("graph: no tap named %s", name)
}

// TapGradient is the loss's gradient with respect to the output of the named
// layer after the last run, when the configuration asked for such. Where the
// loss does not depend on the layer, as on an auxiliary head in inference, it is
// an error.
func (p *Program) TapGradient(name string) (*tensor.Dense, error) {
	if err := p.hasRun(); err != nil {
		return nil, err
	}
	if !p.cfg.TapGradients {
		return nil, errors.New("graph: built without Config.TapGradients")
	}
	for _, t := range p.taps {
		switch {
		case t.name != name:
		case t.grad == nil:
			return nil, errors.Errorf("graph: the loss does not depend on %s", name)
		default:
			return dense(t.grad)
		}
	}
	return nil, errors.Errorf("graph: no tap named %s", name)
}

// TapNames lists the taps in the order of building.
func (p *Program) TapNames() []string {
	if p == nil {
		return nil
	}
	names := make([]string, len(p.taps))
	for i, t := range p.taps {
		names[i] = t.name
	}
	return names
}

// Close frees the tape machine. A closed program does not run any more; what
// it was built for can still be asked. Closing twice does nothing.
func (p *Program) Close() error {
	if p == nil || p.machine == nil {
		return nil
	}
	machine := p.machine
	p.machine = nil
	if t := p.preparation; t != nil {
		p.params.prepared.share(t.list, -1)
	}
	return machine.Close()
}

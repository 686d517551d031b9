package graph

import (
	"slices"

	"github.com/pkg/errors"
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
	Name  string
	Param *tensor.Dense
	Grad  *tensor.Dense

	node *gorgonia.Node
}

// Program is a network compiled for one mode and one batch size. It works on
// the tensors of the Params it was built on and keeps all its memory from one
// run to the next. It is not safe for use by two goroutines at once.
type Program struct {
	cfg    Config
	net    Block
	params *Params

	g          *gorgonia.ExprGraph
	machine    gorgonia.VM
	order      gorgonia.Nodes // what the machine executes, in its order
	input      *tensor.Dense
	inNode     *gorgonia.Node
	kind       TargetKind // what follows is nil without a loss
	target     *tensor.Dense
	targetNode *gorgonia.Node
	logits     *gorgonia.Node
	loss       *gorgonia.Node
	parts      []Part
	grads      []Gradient
	inGrad     *gorgonia.Node
	updates    []update
	taps       []tap
	layers     []*Layer
	memory     Memory
	classes    int
	steppers   []op.Stepper
	step       uint64 // of the last run, as dropout counts
}

// Config returns what the program was built for.
func (p *Program) Config() Config { return p.cfg }

// Params returns the store the program works on.
func (p *Program) Params() *Params { return p.params }

// BatchSize is the number of samples of a run.
func (p *Program) BatchSize() int { return p.cfg.Input[0] }

// Classes is the size of the output's last dimension.
func (p *Program) Classes() int { return p.classes }

// Logits is the network's output after the last run.
func (p *Program) Logits() (*tensor.Dense, error) { return dense(p.logits) }

// Parts lists the heads' shares of the loss after the last Step: "main", then
// the auxiliary heads.
func (p *Program) Parts() []Part { return slices.Clone(p.parts) }

// Gradients lists the gradients of all parameters after the last Step, in the
// order in which the network makes its parameters.
func (p *Program) Gradients() ([]Gradient, error) {
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
	if p.inGrad == nil {
		return nil, errors.New("graph: built without Config.InputGradient")
	}
	return dense(p.inGrad)
}

// Tap returns the output of the named layer after the last run, when the
// configuration asked for taps.
func (p *Program) Tap(name string) (*tensor.Dense, error) {
	for _, t := range p.taps {
		if t.name == name {
			return dense(t.node)
		}
	}
	return nil, errors.Errorf("graph: no tap named %s", name)
}

// TapNames lists the taps in the order of building.
func (p *Program) TapNames() []string {
	names := make([]string, len(p.taps))
	for i, t := range p.taps {
		names[i] = t.name
	}
	return names
}

// Close frees the tape machine.
func (p *Program) Close() error { return p.machine.Close() }

package graph

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
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

	g        *gorgonia.ExprGraph
	machine  gorgonia.VM
	order    gorgonia.Nodes // what the machine executes, in its order
	input    *tensor.Dense
	labels   *tensor.Dense
	inNode   *gorgonia.Node
	labNode  *gorgonia.Node
	logits   *gorgonia.Node
	loss     *gorgonia.Node
	parts    []Part
	grads    []Gradient
	inGrad   *gorgonia.Node
	updates  []update
	taps     []tap
	layers   []*Layer
	memory   Memory
	classes  int
	steppers []op.Stepper
	step     uint64 // of the next run, as dropout counts
}

// Build builds net on params and compiles it. Parameters that the store does
// not have yet are made and initialised.
func Build(net Block, params *Params, cfg Config) (*Program, error) {
	if net == nil || params == nil {
		return nil, errors.New("graph: Build needs a network and a parameter store")
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	b := &builder{g: gorgonia.NewGraph(), params: params, cfg: cfg, made: map[string]*gorgonia.Node{}}
	p := &Program{cfg: cfg, net: net, params: params, g: b.g}
	p.input = tensor.New(tensor.Of(params.dtype), tensor.WithShape(cfg.Input...))
	p.inNode = gorgonia.NewTensor(b.g, params.dtype, len(cfg.Input),
		gorgonia.WithShape(cfg.Input...), gorgonia.WithName("input"), gorgonia.WithValue(p.input))

	scope := &Scope{b: b}
	y, err := net.Build(scope, p.inNode)
	if err != nil {
		return nil, at("", err)
	}
	p.logits, p.layers, p.taps, p.updates = y, b.layers, b.taps, b.updates
	countParams(p.layers, b.learned)
	if s := y.Shape(); len(s) > 0 {
		p.classes = s[len(s)-1]
	}
	if cfg.Loss != nil {
		if err := p.buildLoss(b); err != nil {
			return nil, err
		}
	}
	if cfg.Training {
		if err := p.buildGradients(b); err != nil {
			return nil, err
		}
	}
	return p, p.compile()
}

func (p *Program) buildLoss(b *builder) error {
	n := p.cfg.Input[0]
	if s := p.logits.Shape(); len(s) != 2 || s[0] != n {
		return errors.Errorf("graph: the network's output has shape %v, a loss wants (%d, classes)", s, n)
	}
	p.labels = tensor.New(tensor.Of(tensor.Int), tensor.WithShape(n))
	p.labNode = gorgonia.NewTensor(b.g, tensor.Int, 1, gorgonia.WithShape(n), gorgonia.WithName("labels"), gorgonia.WithValue(p.labels))
	p.parts = append([]Part{{Name: "main", Weight: 1, logits: p.logits}}, b.aux...)
	losses := make(gorgonia.Nodes, len(p.parts))
	weights := make([]float64, len(p.parts))
	for i := range p.parts {
		part := &p.parts[i]
		l, err := p.cfg.Loss(part.logits, p.labNode)
		if err != nil {
			return errors.Wrapf(err, "loss of head %s", part.Name)
		}
		part.node, losses[i], weights[i] = l, l, part.Weight
	}
	if p.loss = losses[0]; len(losses) == 1 {
		return nil
	}
	var err error
	p.loss, err = ops.WeightedSum(losses, weights)
	return errors.Wrap(err, "total loss")
}

func (p *Program) buildGradients(b *builder) error {
	if len(b.learned) == 0 && !p.cfg.InputGradient {
		return errors.New("graph: the network has no parameter to train")
	}
	var wrt gorgonia.Nodes
	for _, l := range b.learned {
		wrt = append(wrt, l.node)
	}
	if p.cfg.InputGradient {
		wrt = append(wrt, p.inNode)
	}
	nodes, err := Gradients(p.loss, wrt...)
	if err != nil {
		return err
	}
	for i, l := range b.learned {
		p.grads = append(p.grads, Gradient{Name: l.param.Name, Param: l.param.Value, node: nodes[i]})
	}
	if p.cfg.InputGradient {
		p.inGrad = nodes[len(nodes)-1]
	}
	return nil
}

// outputs are the nodes whose values must be there after a run.
func (p *Program) outputs() gorgonia.Nodes {
	out := gorgonia.Nodes{p.logits}
	if p.loss != nil {
		out = append(out, p.loss)
	}
	for i := range p.parts {
		out = append(out, p.parts[i].node)
	}
	for i := range p.grads {
		out = append(out, p.grads[i].node)
	}
	if p.inGrad != nil {
		out = append(out, p.inGrad)
	}
	for _, u := range p.updates {
		out = append(out, u.node)
	}
	for _, t := range p.taps {
		out = append(out, t.node)
	}
	return out
}

func (p *Program) compile() error {
	outputs := distinct(p.outputs())
	sub := p.g.ExactSubgraphRoots(outputs...)
	order, err := gorgonia.Sort(sub)
	if err != nil {
		return errors.Wrap(err, "graph: sort")
	}
	for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
		order[i], order[j] = order[j], order[i]
	}
	p.order = order
	var inputs gorgonia.Nodes
	for _, n := range order {
		if n.Op() == nil {
			inputs = append(inputs, n)
		}
		if o := op.Of(n); o != nil {
			if s, ok := o.Operation().(op.Stepper); ok {
				p.steppers = append(p.steppers, s)
			}
		}
	}
	prog, loc, err := gorgonia.CompileFunction(p.g, inputs, outputs)
	if err != nil {
		return errors.Wrap(err, "graph: compile")
	}
	p.machine = gorgonia.NewTapeMachine(p.g, gorgonia.WithPrecompiled(prog, loc))
	return p.plan(outputs)
}

func distinct(nodes gorgonia.Nodes) gorgonia.Nodes {
	seen := map[*gorgonia.Node]bool{}
	out := nodes[:0:0]
	for _, n := range nodes {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// Config returns what the program was built for.
func (p *Program) Config() Config { return p.cfg }

// Params returns the store the program works on.
func (p *Program) Params() *Params { return p.params }

// BatchSize is the number of samples of a run.
func (p *Program) BatchSize() int { return p.cfg.Input[0] }

// Classes is the size of the output's last dimension.
func (p *Program) Classes() int { return p.classes }

// Run computes the network's output, (N, classes) for a classifier, from one
// batch of images (N, C, H, W), row-major. The result belongs to the program
// and changes with the next run.
func (p *Program) Run(images []float32) (*tensor.Dense, error) {
	if p.loss != nil {
		return nil, errors.New("graph: this program computes a loss: use Step, which takes labels")
	}
	if err := p.setInput(images); err != nil {
		return nil, err
	}
	if err := p.execute(); err != nil {
		return nil, err
	}
	return dense(p.logits)
}

// Step runs the program on one batch of images (N, C, H, W) and integer labels
// (N) and returns the total loss. A training program also computes gradients,
// for an optimizer to use, and updates its buffers. It does not change the
// parameters.
func (p *Program) Step(images []float32, labels []int) (float64, error) {
	if p.loss == nil {
		return 0, errors.New("graph: this program has no loss: use Run")
	}
	if got, want := len(labels), p.BatchSize(); got != want {
		return 0, errors.Errorf("graph: %d labels, want %d", got, want)
	}
	for i, l := range labels {
		if l < 0 || l >= p.classes {
			return 0, errors.Errorf("graph: label %d of sample %d is outside 0..%d", l, i, p.classes-1)
		}
	}
	if err := p.setInput(images); err != nil {
		return 0, err
	}
	copy(p.labels.Ints(), labels)
	if err := p.execute(); err != nil {
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
	if p.params.dtype == tensor.Float32 {
		copy(p.input.Float32s(), images)
		return nil
	}
	for i, data := 0, p.input.Float64s(); i < len(data); i++ {
		data[i] = float64(images[i])
	}
	return nil
}

// execute runs the tape and then writes the buffers' new values.
func (p *Program) execute() error {
	p.machine.Reset()
	if err := p.machine.RunAll(); err != nil {
		return errors.Wrap(err, "graph: run")
	}
	p.step++
	for _, u := range p.updates {
		v, err := dense(u.node)
		if err != nil {
			return err
		}
		if p.params.dtype == tensor.Float32 {
			copy(u.param.Value.Float32s(), v.Float32s())
		} else {
			copy(u.param.Value.Float64s(), v.Float64s())
		}
	}
	return nil
}

// Logits is the network's output after the last run.
func (p *Program) Logits() (*tensor.Dense, error) { return dense(p.logits) }

// Parts lists the heads' shares of the loss after the last Step: "main", then
// the auxiliary heads.
func (p *Program) Parts() []Part { return p.parts }

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
	return p.grads, nil
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

// SetStep sets the step counter that dropout masks depend on, so that a run
// can be continued with the masks it would have had.
func (p *Program) SetStep(step uint64) {
	p.step = step
	for _, s := range p.steppers {
		s.SetStep(step)
	}
}

// Close frees the tape machine.
func (p *Program) Close() error { return p.machine.Close() }

func dense(n *gorgonia.Node) (*tensor.Dense, error) {
	if d, ok := n.Value().(*tensor.Dense); ok {
		return d, nil
	}
	return nil, errors.Errorf("graph: node %s has no tensor value: %T", n.Name(), n.Value())
}

func scalarOf(n *gorgonia.Node) float64 {
	switch v := n.Value().(type) {
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

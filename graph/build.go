package graph

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Build builds net on params and compiles it. Parameters that the store does
// not have yet are made and initialised; when Build fails, those go again and
// there is no program.
//
// Several goroutines may build at once. Blocks of one's own that call Gorgonia's
// Rectify may not: it counts in a variable of its package without a lock. A loss
// may.
//
// Errors of a block, also when it panics, are *LayerError with its path. What
// the machine's memory can't hold is refused before it is allocated.
func Build(net Block, params *Params, cfg Config) (*Program, error) {
	return build(net, params, cfg, false)
}

func build(net Block, params *Params, cfg Config, plan bool) (*Program, error) {
	if net == nil {
		return nil, errors.New("graph: Build needs a network, net is nil")
	}
	if params == nil {
		return nil, errors.New("graph: Build needs a parameter store, params is nil")
	}
	if err := params.check(); err != nil {
		return nil, err
	}
	cfg, err := cfg.fill()
	if err != nil {
		return nil, err
	}
	settleConstants()
	b := newBuilder(params, cfg)
	p := &Program{cfg: cfg, net: net, params: params, g: b.g, plan: plan}
	if err := p.build(b); err != nil {
		params.release(b.held)
		return nil, err
	}
	return p, nil
}

func (p *Program) build(b *builder) (err error) {
	defer func() {
		if r := recover(); r != nil { // in Gorgonia or here: blocks and losses have their own
			err = errors.WithMessage(panicked(r), "graph: Build")
		}
	}()
	dtype := p.params.Dtype()
	if err := size.FitShape(fmt.Sprintf("graph: input of shape %v", p.cfg.Input), p.cfg.Input, int(dtype.Size())); err != nil {
		return err
	}
	p.inNode = gorgonia.NewTensor(b.g, dtype, len(p.cfg.Input), gorgonia.WithShape(p.cfg.Input...), gorgonia.WithName("input"))
	y, err := b.network(p.net, p.inNode)
	if err != nil {
		return err
	}
	p.logits, p.layers, p.taps, p.updates = y, b.layers, b.taps, b.updates
	if err := p.rewrite(b); err != nil {
		return err
	}
	countParams(p.layers, b.learned)
	for _, l := range b.learned {
		p.learned += l.node.Shape().TotalSize()
	}
	if s := y.Shape(); len(s) > 0 {
		p.classes = s[len(s)-1]
	}
	if p.cfg.Loss != nil {
		if err := p.buildLoss(b); err != nil {
			return err
		}
	}
	if p.cfg.Training || p.cfg.InputGradient || p.cfg.TapGradients {
		if err := p.buildGradients(b); err != nil {
			return err
		}
	}
	return p.compile()
}

// buildLoss adds the losses of all heads and their weighted sum. All heads have
// the same target.
func (p *Program) buildLoss(b *builder) error {
	kind, err := kindOfLoss(p.cfg.Loss)
	if err != nil {
		return errors.WithMessage(err, "loss")
	}
	p.parts = append([]Part{{Name: "main", Weight: 1, logits: p.logits}}, b.aux...)
	losses := make(gorgonia.Nodes, len(p.parts))
	weights := make([]float64, len(p.parts))
	for i := range p.parts {
		part := &p.parts[i]
		l, err := p.buildPart(kind, part)
		if err != nil {
			return errors.WithMessagef(err, "loss of head %s", part.Name)
		}
		part.node, losses[i], weights[i] = l, l, part.Weight
	}
	if p.loss = losses[0]; len(losses) == 1 {
		return nil
	}
	p.loss, err = ops.WeightedSum(losses, weights)
	return errors.WithMessage(err, "total loss")
}

func (p *Program) buildPart(kind TargetKind, part *Part) (*gorgonia.Node, error) {
	want, err := kind.shape(part.logits.Shape(), p.cfg.Input[0])
	if err != nil {
		return nil, err
	}
	if p.targetNode == nil {
		dtype := p.params.Dtype()
		if kind == ClassLabels {
			dtype = tensor.Int
		}
		p.kind = kind
		p.targetNode = gorgonia.NewTensor(p.g, dtype, len(want), gorgonia.WithShape(want...), gorgonia.WithName("target"))
	}
	if !p.targetNode.Shape().Eq(want) {
		return nil, errors.Errorf("it wants a target of shape %v, the network's output one of %v", want, p.targetNode.Shape())
	}
	if kind == ClassLabels { // whose shape does not say how many classes there are
		if got, want := part.logits.Shape()[1], p.logits.Shape()[1]; got < want {
			return nil, errors.Errorf("it tells %d classes apart, the network's output %d: the labels are the same", got, want)
		}
	}
	return buildLoss(p.cfg.Loss, part.logits, p.targetNode)
}

// buildGradients differentiates the loss: with respect to the parameters in
// training, and to the input and the taps where the configuration asks for that.
func (p *Program) buildGradients(b *builder) error {
	var wrt, taps gorgonia.Nodes
	if p.cfg.Training {
		if len(b.learned) == 0 && !p.cfg.InputGradient && !p.cfg.TapGradients {
			return errors.New("graph: the network has no parameter to train")
		}
		for _, l := range b.learned {
			wrt = append(wrt, l.node)
		}
	}
	if p.cfg.InputGradient {
		wrt = append(wrt, p.inNode)
	}
	if p.cfg.TapGradients {
		for _, t := range p.taps {
			taps = append(taps, t.node)
		}
	}
	nodes, ofTaps, derived, err := gradients(p.loss, wrt, taps)
	if err != nil {
		return err
	}
	p.derived = derived
	for i := range ofTaps {
		p.taps[i].grad = ofTaps[i]
	}
	if p.cfg.Training {
		for i, l := range b.learned {
			p.grads = append(p.grads, Gradient{Name: l.param.Name, Param: l.param.Value, node: nodes[i]})
		}
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
		if t.grad != nil {
			out = append(out, t.grad)
		}
	}
	return distinct(out)
}

// compile sets the tape up and plans its memory. All that a batch or a run needs
// is allocated after it was found to fit.
func (p *Program) compile() error {
	outputs := p.outputs()
	last, err := keeper(p.g, outputs)
	if err != nil {
		return err
	}
	compiled := outputs
	if last != nil {
		compiled = append(compiled, last)
	}
	order, err := gorgonia.Sort(p.g.ExactSubgraphRoots(compiled...))
	if err != nil {
		return errors.Wrap(err, "graph: sort")
	}
	slices.Reverse(order)
	p.order = slices.DeleteFunc(order, func(n *gorgonia.Node) bool { return n == last })
	if p.joins() {
		p.schedule(outputs)
	}
	if err := p.planMemory(outputs); err != nil || p.plan {
		return err
	}
	if err := p.bindBatch(); err != nil {
		return err
	}
	var inputs gorgonia.Nodes
	places := p.places()
	prepared := map[*gorgonia.Node]bool{}
	if t := p.preparation; t != nil {
		t.place(p, places)
		for _, v := range t.list {
			prepared[v.Variable] = true
		}
	}
	for _, n := range p.order {
		if n.Op() == nil {
			if n.Value() == nil && !prepared[n] {
				return errors.Errorf("graph: the variable %s has no value", n.Name())
			}
			inputs = append(inputs, n)
		}
		if o := op.Of(n); o != nil {
			o.SetPlace(places[n])
			o.SetStop(&p.stop)
			o.SetTurn(&p.turns, p.turns.Add())
			if s, ok := o.Operation().(op.Stepper); ok {
				p.steppers = append(p.steppers, s)
			}
		}
	}
	if whole, err := p.join(); err != nil {
		return err
	} else if whole != nil {
		compiled, inputs = gorgonia.Nodes{whole}, op.Inputs(whole)
	}
	prog, loc, err := gorgonia.CompileFunction(p.g, inputs, compiled)
	if err != nil {
		return errors.Wrap(err, "graph: compile")
	}
	options := []gorgonia.VMOpt{gorgonia.WithPrecompiled(prog, loc)}
	if !p.cfg.Training {
		options = append(options, gorgonia.EvalMode()) // for operations of Gorgonia's
	}
	p.machine = newMachine(p.g, options...)
	if t := p.preparation; t != nil {
		p.params.prepared.share(t.list, 1)
	}
	return nil
}

// bindBatch makes the tensors that a run's images and target are copied into.
func (p *Program) bindBatch() error {
	make := func(n *gorgonia.Node) (*tensor.Dense, error) {
		t := tensor.New(tensor.Of(n.Dtype()), tensor.WithShape(n.Shape().Clone()...))
		return t, gorgonia.Let(n, t)
	}
	var err error
	if p.input, err = make(p.inNode); err != nil {
		return errors.Wrap(err, "graph: input")
	}
	if p.targetNode != nil {
		if p.target, err = make(p.targetNode); err != nil {
			return errors.Wrap(err, "graph: target")
		}
	}
	return nil
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

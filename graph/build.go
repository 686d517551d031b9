package graph

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Build builds net on params and compiles it. Parameters that the store does
// not have yet are made and initialised.
func Build(net Block, params *Params, cfg Config) (*Program, error) {
	if net == nil || params == nil {
		return nil, errors.New("graph: Build needs a network and a parameter store")
	}
	cfg, err := cfg.fill()
	if err != nil {
		return nil, err
	}
	b := &builder{g: gorgonia.NewGraph(), params: params, cfg: cfg, made: map[string]*gorgonia.Node{}}
	p := &Program{cfg: cfg, net: net, params: params, g: b.g}
	if err := p.build(b); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Program) build(b *builder) error {
	dtype := p.params.Dtype()
	p.input = tensor.New(tensor.Of(dtype), tensor.WithShape(p.cfg.Input...))
	p.inNode = gorgonia.NewTensor(b.g, dtype, len(p.cfg.Input),
		gorgonia.WithShape(p.cfg.Input...), gorgonia.WithName("input"), gorgonia.WithValue(p.input))

	y, err := p.net.Build(&Scope{b: b}, p.inNode)
	if err != nil {
		return at("", err)
	}
	p.logits, p.layers, p.taps, p.updates = y, b.layers, b.taps, b.updates
	countParams(p.layers, b.learned)
	if s := y.Shape(); len(s) > 0 {
		p.classes = s[len(s)-1]
	}
	if p.cfg.Loss != nil {
		if err := p.buildLoss(b); err != nil {
			return err
		}
	}
	if p.cfg.Training {
		if err := p.buildGradients(b); err != nil {
			return err
		}
	}
	return p.compile()
}

func (p *Program) buildLoss(b *builder) error {
	n := p.cfg.Input[0]
	p.kind = p.cfg.Loss.TargetKind()
	shape, err := p.kind.shape(p.logits.Shape(), n)
	if err != nil {
		return errors.WithMessage(err, "loss")
	}
	dtype := p.params.Dtype()
	if p.kind == ClassLabels {
		dtype = tensor.Int
	}
	p.target = tensor.New(tensor.Of(dtype), tensor.WithShape(shape...))
	p.targetNode = gorgonia.NewTensor(b.g, dtype, len(shape),
		gorgonia.WithShape(shape...), gorgonia.WithName("target"), gorgonia.WithValue(p.target))
	p.parts = append([]Part{{Name: "main", Weight: 1, logits: p.logits}}, b.aux...)
	losses := make(gorgonia.Nodes, len(p.parts))
	weights := make([]float64, len(p.parts))
	for i := range p.parts {
		part := &p.parts[i]
		l, err := p.lossOf(part, shape)
		if err != nil {
			return errors.Wrapf(err, "loss of head %s", part.Name)
		}
		part.node, losses[i], weights[i] = l, l, part.Weight
	}
	if p.loss = losses[0]; len(losses) == 1 {
		return nil
	}
	p.loss, err = ops.WeightedSum(losses, weights)
	return errors.Wrap(err, "total loss")
}

// lossOf builds the loss of one head. All heads have the same target.
func (p *Program) lossOf(part *Part, target tensor.Shape) (*gorgonia.Node, error) {
	want, err := p.kind.shape(part.logits.Shape(), p.cfg.Input[0])
	if err != nil {
		return nil, err
	}
	if !want.Eq(target) {
		return nil, errors.Errorf("its output wants a target of shape %v, that of the network one of %v", want, target)
	}
	l, err := p.cfg.Loss.Build(part.logits, p.targetNode)
	if err != nil {
		return nil, err
	}
	if l == nil || l.Dims() != 0 && !l.IsScalar() {
		return nil, errors.New("the loss is no scalar")
	}
	return l, nil
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

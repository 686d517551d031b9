package passes

import (
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// squeeze makes one operation of squeeze-and-excitation's chain: the mean of each
// channel, two layers with their activations, and the scaling of the channels.
// Its layers are small, so that calling each costs more than what it computes.
var squeeze = Pass{
	Name:      "squeeze",
	Purpose:   "make one operation of squeeze-and-excitation's chain",
	Inference: true,
	run:       bySweep(func(s *sweep) rule { return s.squeeze }),
}

func (s *sweep) squeeze(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	if _, ok := ops.Configuration(n).(ops.ScaleChannelsConfig); !ok {
		return nil, nil
	}
	x, c := op.Inputs(n)[0], backwards{s: s, at: op.Inputs(n)[1], ok: true}
	gate := c.layer()
	hidden := c.layer()
	if !c.pool() || c.at != x {
		return nil, nil
	}
	nodes := ops.SqueezeExciteNodes{Weight1: hidden.weight, Bias1: hidden.bias, Weight2: gate.weight, Bias2: gate.bias}
	y, err := ops.SqueezeExciteInference(in[0], nodes, ops.SqueezeExciteInferenceConfig{Act: hidden.act, Gate: gate.act})
	s.r.Chains[s.r.first(n)] = gorgonia.Nodes{s.r.first(hidden.node), s.r.first(gate.node)}
	s.note(y, nil, "takes mean, two layers and scaling of %d channels", x.Shape()[1])
	return y, err
}

// backwards goes up a chain of operations each of which is read once. It is not
// ok when it met something else than it looked for.
type backwards struct {
	s  *sweep
	at *gorgonia.Node
	ok bool
}

// back goes to the operand of the operation it is at.
func (c *backwards) back() { c.at = op.Inputs(c.at)[0] }

// own is the operation it is at, nil where others read that too.
func (c *backwards) own() op.Operation {
	if !c.ok || c.s.reads[c.at] != 1 {
		return nil
	}
	return operation(c.at)
}

// reshapes leaves out what only writes (N, C) as (N, C, 1, 1) or back.
func (c *backwards) reshapes() {
	for {
		o, ok := c.own().(op.Reshaping)
		if !ok || !o.Reshapes() || !vectors(c.at) {
			return
		}
		from, to := op.Inputs(c.at)[0], c.at.Shape()
		if s := from.Shape(); !vectors(from) || s[0] != to[0] || s[1] != to[1] {
			return
		}
		c.back()
	}
}

// vectors reports whether a value is (N, C), or images of one pixel.
func vectors(n *gorgonia.Node) bool {
	s := n.Shape()
	return s.Dims() == 2 || s.Dims() == 4 && s[2] == 1 && s[3] == 1
}

// denseLayer is a linear layer or a convolution of 1x1 on one pixel.
type denseLayer struct {
	node, weight, bias *gorgonia.Node
	act                ops.Act
}

// layer reads one with its activation, if it has any.
func (c *backwards) layer() (l denseLayer) {
	c.reshapes()
	if o, ok := c.own().(op.Activation); ok {
		l.act = ops.ActOf(o.Activation())
		if c.ok = l.act != nil; c.ok {
			c.back()
		}
		c.reshapes()
	}
	if c.own() == nil {
		c.ok = false
		return l
	}
	var act ops.Act
	switch cfg := ops.Configuration(c.at).(type) {
	case ops.LinearConfig:
		act = cfg.Act
	case ops.Conv2DConfig:
		act, c.ok = cfg.Act, c.pointwise(cfg)
	case ops.Conv2DInferenceConfig:
		act, c.ok = cfg.Act, cfg.Sum == nil && c.pointwise(cfg.Conv2DConfig)
	default:
		c.ok = false
	}
	if l.act != nil && act != nil {
		c.ok = false
	}
	if !c.ok {
		return l
	}
	if act != nil {
		l.act = act
	}
	inputs := op.Inputs(c.at)
	l.node, l.weight = c.at, c.s.became[inputs[1]]
	if len(inputs) > 2 {
		l.bias = c.s.became[inputs[2]]
	}
	c.back()
	return l
}

// pointwise reports whether the convolution it is at is a linear layer of one
// pixel.
func (c *backwards) pointwise(cfg ops.Conv2DConfig) bool {
	in := op.Inputs(c.at)
	w := in[1].Shape()
	return vectors(c.at) && vectors(in[0]) && w[2] == 1 && w[3] == 1 && cfg.Groups <= 1 && cfg.Padding == [2]int{}
}

// pool reports whether it is at the mean of all pixels, and goes to their image.
func (c *backwards) pool() bool {
	c.reshapes()
	if c.own() == nil {
		return false
	}
	ok := false
	x := op.Inputs(c.at)[0].Shape()
	switch cfg := ops.Configuration(c.at).(type) {
	case ops.GlobalAvgPool2DConfig:
		ok = true
	case ops.AdaptiveAvgPool2DConfig:
		ok = cfg.Out == [2]int{1, 1}
	case ops.AvgPool2DConfig:
		ok = vectors(c.at) && cfg.Kernel == [2]int{x[2], x[3]} && cfg.Padding == [2]int{}
	}
	if ok {
		c.back()
	}
	return ok
}

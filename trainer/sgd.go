package trainer

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
)

var _ Optimizer = (*SGD)(nil)

// SGD is stochastic gradient descent:
//
//	d = g + WeightDecay*w
//	v = Momentum*v + (1-Dampening)*d    (v = d at the first step)
//	w -= LR*v, or with Nesterov w -= LR*(d + Momentum*v)
//
// Sutskever, Martens, Dahl and Hinton, "On the importance of initialization
// and momentum in deep learning", ICML 2013.
type SGD struct {
	LR          float64 // learning rate; 0 means 1e-3
	Momentum    float64 // default 0: none
	Dampening   float64 // default 0
	WeightDecay float64 // L2 penalty; default 0
	Nesterov    bool    // look ahead; has no effect without Momentum
	Maximize    bool    // go up instead of down

	memories memories
}

// Step implements gorgonia.Solver.
func (o *SGD) Step(model []gorgonia.ValueGrad) error { return o.memories.step(o, model) }

// Update takes one step on all parameters.
func (o *SGD) Update(params []Parameter) error { return o.memories.update(o, params) }

// BaseLR is LR or its default.
func (o *SGD) BaseLR() float64 { return orDefault(o.LR, 1e-3) }

// LearningRate is the one last set, or BaseLR.
func (o *SGD) LearningRate() float64 { return o.memories.rate(o.BaseLR()) }

// SetLR sets the learning rate in use; zero means zero here.
func (o *SGD) SetLR(lr float64) { o.memories.setLR(lr) }

// State copies what the optimizer remembers.
func (o *SGD) State() State { return o.memories.state(o, o.LearningRate()) }

// SetState replaces what the optimizer remembers.
func (o *SGD) SetState(s State) error { return o.memories.setState(o, s) }

func (o *SGD) kind() string { return "sgd" }

func (o *SGD) tensors() []memory {
	if o.Momentum == 0 {
		return nil
	}
	return []memory{{name: "momentum_buffer"}}
}

func (o *SGD) step32(p piece[float32]) { stepSGD(o, p) }
func (o *SGD) step64(p piece[float64]) { stepSGD(o, p) }

func stepSGD[T kernel.Float](o *SGD, p piece[T]) {
	kernel.SGDStep(kernel.SGDRule{
		LR: o.LearningRate(), Momentum: o.Momentum, Dampening: o.Dampening, WeightDecay: o.WeightDecay * p.decay,
		Nesterov: o.Nesterov, Maximize: o.Maximize, First: p.step == 1,
	}, p.w, p.g, p.m[0])
}

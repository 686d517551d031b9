package trainer

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
)

var _ Optimizer = (*RMSprop)(nil)

// RMSprop divides each element's step by a moving average of its gradient's
// size:
//
//	d = g + WeightDecay*w
//	s = Alpha*s + (1-Alpha)*d*d
//	u = d / (sqrt(s) + Eps)             Centered: sqrt(s - average(d)^2)
//	v = Momentum*v + u
//	w -= LR*v
//
// Tieleman and Hinton, "Lecture 6.5: rmsprop", Coursera, 2012. Centered:
// Graves, "Generating Sequences With Recurrent Neural Networks", 2013,
// arXiv:1308.0850.
type RMSprop struct {
	LR          float64 // learning rate; 0 means 1e-2
	Alpha       float64 // decay rate of the average; 0 means 0.99, negative means none
	Eps         float64 // 0 means 1e-8
	Momentum    float64 // default 0: none
	WeightDecay float64 // L2 penalty; default 0
	Centered    bool    // divide by the deviation instead of the root mean square
	Maximize    bool    // go up instead of down

	memories memories
}

// Step implements gorgonia.Solver.
func (o *RMSprop) Step(model []gorgonia.ValueGrad) error { return o.memories.step(o, model) }

// Update takes one step on all parameters.
func (o *RMSprop) Update(params []Parameter) error { return o.memories.update(o, params) }

// BaseLR is LR or its default.
func (o *RMSprop) BaseLR() float64 { return orDefault(o.LR, 1e-2) }

// LearningRate is the one last set, or BaseLR.
func (o *RMSprop) LearningRate() float64 { return o.memories.rate(o.BaseLR()) }

// SetLR sets the learning rate in use; zero means zero here.
func (o *RMSprop) SetLR(lr float64) { o.memories.setLR(lr) }

// State copies what the optimizer remembers.
func (o *RMSprop) State() State { return o.memories.state(o, o.LearningRate()) }

// SetState replaces what the optimizer remembers.
func (o *RMSprop) SetState(s State) error { return o.memories.setState(o, s) }

func (o *RMSprop) kind() string { return "rmsprop" }

func (o *RMSprop) tensors() []memory {
	m := []memory{{name: "square_avg"}}
	if o.Centered {
		m = append(m, memory{name: "grad_avg"})
	}
	if o.Momentum != 0 {
		m = append(m, memory{name: "momentum_buffer"})
	}
	return m
}

func (o *RMSprop) step32(p piece[float32]) { stepRMSprop(o, p) }
func (o *RMSprop) step64(p piece[float64]) { stepRMSprop(o, p) }

func stepRMSprop[T kernel.Float](o *RMSprop, p piece[T]) {
	average, momentum := p.m[1], p.m[1]
	if o.Centered {
		momentum = p.m[2]
	}
	kernel.RMSPropStep(kernel.RMSPropRule{
		LR: o.LearningRate(), Alpha: orDefault(o.Alpha, 0.99), Eps: orDefault(o.Eps, 1e-8),
		Momentum: o.Momentum, WeightDecay: o.WeightDecay * p.decay, Centered: o.Centered, Maximize: o.Maximize,
	}, p.w, p.g, p.m[0], average, momentum)
}

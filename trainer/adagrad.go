package trainer

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
)

var _ Optimizer = (*Adagrad)(nil)

// Adagrad divides each element's step by the root of the sum of its squared
// gradients:
//
//	d = g + WeightDecay*w
//	s += d*d
//	w -= LR/(1+(t-1)*LRDecay) * d / (sqrt(s) + Eps)
//
// Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning
// and Stochastic Optimization", JMLR 12, 2011.
type Adagrad struct {
	LR                 float64 // learning rate; 0 means 1e-2
	LRDecay            float64 // default 0
	InitialAccumulator float64 // where s starts; default 0
	Eps                float64 // 0 means 1e-10
	WeightDecay        float64 // L2 penalty; default 0
	Maximize           bool    // go up instead of down

	memories memories
}

// Step implements gorgonia.Solver.
func (o *Adagrad) Step(model []gorgonia.ValueGrad) error { return o.memories.step(o, model) }

// Update takes one step on all parameters.
func (o *Adagrad) Update(params []Parameter) error { return o.memories.update(o, params) }

// BaseLR is LR or its default.
func (o *Adagrad) BaseLR() float64 { return orDefault(o.LR, 1e-2) }

// LearningRate is the one last set, or BaseLR.
func (o *Adagrad) LearningRate() float64 { return o.memories.rate(o.BaseLR()) }

// SetLR sets the learning rate in use; zero means zero here.
func (o *Adagrad) SetLR(lr float64) { o.memories.setLR(lr) }

// State copies what the optimizer remembers.
func (o *Adagrad) State() State { return o.memories.state(o, o.LearningRate()) }

// SetState replaces what the optimizer remembers.
func (o *Adagrad) SetState(s State) error { return o.memories.setState(o, s) }

func (o *Adagrad) kind() string { return "adagrad" }

func (o *Adagrad) tensors() []memory {
	return []memory{{name: "sum", initial: o.InitialAccumulator}}
}

func (o *Adagrad) step32(p piece[float32]) { stepAdagrad(o, p) }
func (o *Adagrad) step64(p piece[float64]) { stepAdagrad(o, p) }

func stepAdagrad[T kernel.Float](o *Adagrad, p piece[T]) {
	kernel.AdagradStep(kernel.AdagradRule{
		LR: o.LearningRate(), LRDecay: o.LRDecay, Eps: orDefault(o.Eps, 1e-10),
		WeightDecay: o.WeightDecay * p.decay, Step: p.step, Maximize: o.Maximize,
	}, p.w, p.g, p.m[0])
}

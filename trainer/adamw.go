package trainer

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
)

var _ Optimizer = (*AdamW)(nil)

// AdamW is Adam with weight decay apart from the gradient:
//
//	w -= LR*WeightDecay*w
//
// and then Adam's step without decay.
//
// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017,
// arXiv:1711.05101.
type AdamW struct {
	LR float64 // learning rate; 0 means 1e-3
	// Betas are the decay rates of the two moments; both 0 means 0.9, 0.999.
	Betas       [2]float64
	Eps         float64 // 0 means 1e-8
	WeightDecay float64 // 0 means 1e-2, negative means none
	AMSGrad     bool    // divide by the largest second moment so far
	Maximize    bool    // go up instead of down

	memories memories
}

// Step implements gorgonia.Solver.
func (o *AdamW) Step(model []gorgonia.ValueGrad) error { return o.memories.step(o, model) }

// Update takes one step on all parameters.
func (o *AdamW) Update(params []Parameter) error { return o.memories.update(o, params) }

// BaseLR is LR or its default.
func (o *AdamW) BaseLR() float64 { return orDefault(o.LR, 1e-3) }

// LearningRate is the one last set, or BaseLR.
func (o *AdamW) LearningRate() float64 { return o.memories.rate(o.BaseLR()) }

// SetLR sets the learning rate in use; zero means zero here.
func (o *AdamW) SetLR(lr float64) { o.memories.setLR(lr) }

// State copies what the optimizer remembers.
func (o *AdamW) State() State { return o.memories.state(o, o.LearningRate()) }

// SetState replaces what the optimizer remembers.
func (o *AdamW) SetState(s State) error { return o.memories.setState(o, s) }

func (o *AdamW) kind() string { return "adamw" }

func (o *AdamW) tensors() []memory { return adamMemories(o.AMSGrad) }

func (o *AdamW) step32(p piece[float32]) { stepAdam(o.rule(p.step, p.decay), o.AMSGrad, p) }
func (o *AdamW) step64(p piece[float64]) { stepAdam(o.rule(p.step, p.decay), o.AMSGrad, p) }

func (o *AdamW) rule(step int, decay float64) kernel.AdamRule {
	b := betas(o.Betas)
	return kernel.AdamRule{
		LR: o.LearningRate(), Beta1: b[0], Beta2: b[1], Eps: orDefault(o.Eps, 1e-8),
		WeightDecay: orDefault(o.WeightDecay, 1e-2) * decay, Step: step, Decoupled: true, Maximize: o.Maximize,
	}
}

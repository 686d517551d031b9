package trainer

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
)

var _ Optimizer = (*Adam)(nil)

// Adam scales each element's step by estimates of its gradient's moments:
//
//	d = g + WeightDecay*w
//	m = Betas[0]*m + (1-Betas[0])*d
//	v = Betas[1]*v + (1-Betas[1])*d*d
//	w -= LR * m/(1-Betas[0]^t) / (sqrt(v/(1-Betas[1]^t)) + Eps)
//
// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014,
// arXiv:1412.6980. AMSGrad: Reddi, Kale and Kumar, 2018, arXiv:1904.09237.
type Adam struct {
	LR float64 // learning rate; 0 means 1e-3
	// Betas are the decay rates of the two moments; both 0 means 0.9, 0.999.
	Betas       [2]float64
	Eps         float64 // 0 means 1e-8
	WeightDecay float64 // L2 penalty, added to the gradient; default 0
	AMSGrad     bool    // divide by the largest second moment so far
	Maximize    bool    // go up instead of down

	memories memories
}

// Step implements gorgonia.Solver.
func (o *Adam) Step(model []gorgonia.ValueGrad) error { return o.memories.step(o, model) }

// Update takes one step on all parameters.
func (o *Adam) Update(params []Parameter) error { return o.memories.update(o, params) }

// BaseLR is LR or its default.
func (o *Adam) BaseLR() float64 { return orDefault(o.LR, 1e-3) }

// LearningRate is the one last set, or BaseLR.
func (o *Adam) LearningRate() float64 { return o.memories.rate(o.BaseLR()) }

// SetLR sets the learning rate in use; zero means zero here.
func (o *Adam) SetLR(lr float64) { o.memories.setLR(lr) }

// State copies what the optimizer remembers.
func (o *Adam) State() State { return o.memories.state(o, o.LearningRate()) }

// SetState replaces what the optimizer remembers.
func (o *Adam) SetState(s State) error { return o.memories.setState(o, s) }

func (o *Adam) kind() string { return "adam" }

func (o *Adam) tensors() []memory { return adamMemories(o.AMSGrad) }

func (o *Adam) step32(p piece[float32]) { stepAdam(o.rule(p.step, p.decay), o.AMSGrad, p) }
func (o *Adam) step64(p piece[float64]) { stepAdam(o.rule(p.step, p.decay), o.AMSGrad, p) }

func (o *Adam) rule(step int, decay float64) kernel.AdamRule {
	b := betas(o.Betas)
	return kernel.AdamRule{
		LR: o.LearningRate(), Beta1: b[0], Beta2: b[1], Eps: orDefault(o.Eps, 1e-8),
		WeightDecay: o.WeightDecay * decay, Step: step, Maximize: o.Maximize,
	}
}

func betas(b [2]float64) [2]float64 {
	if b == [2]float64{} {
		return [2]float64{0.9, 0.999}
	}
	return b
}

func adamMemories(amsgrad bool) []memory {
	m := []memory{{name: "exp_avg"}, {name: "exp_avg_sq"}}
	if amsgrad {
		m = append(m, memory{name: "max_exp_avg_sq"})
	}
	return m
}

func stepAdam[T kernel.Float](r kernel.AdamRule, amsgrad bool, p piece[T]) {
	peak := p.m[2]
	if !amsgrad {
		peak = nil
	}
	kernel.AdamStep(r, p.w, p.g, p.m[0], p.m[1], peak)
}

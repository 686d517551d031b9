package trainer

var _ Optimizer = AdamW{}

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
	// Betas are the decay rates of the two moments, each in [0, 1); both 0
	// means 0.9, 0.999.
	Betas       [2]float64
	Eps         float64 // 0 means 1e-8, negative means none
	WeightDecay float64 // 0 means 1e-2, negative means none
	AMSGrad     bool    // divide by the largest second moment so far
	Maximize    bool    // go up instead of down
}

// Rule implements Optimizer. Only Eps and WeightDecay may be negative.
func (o AdamW) Rule() (Rule, error) {
	if err := checkSettings("adamw", setting{"WeightDecay", o.WeightDecay, anything}); err != nil {
		return Rule{}, err
	}
	return moments{"adamw", o.LR, o.Betas, o.Eps, orDefault(o.WeightDecay, 1e-2), o.AMSGrad, o.Maximize, true}.rule()
}

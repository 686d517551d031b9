package trainer

import "github.com/stheno-ml/stheno/internal/kernel"

var _ Optimizer = SGD{}

// SGD is stochastic gradient descent:
//
//	d = g + WeightDecay*w
//	v = Momentum*v + (1-Dampening)*d    (v = d at the first update)
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
}

// Rule implements Optimizer. No setting may be negative.
func (o SGD) Rule() (Rule, error) {
	r := Rule{
		Kind: "sgd", LR: orDefault(o.LR, 1e-3), WeightDecay: o.WeightDecay,
		Float32: func(p Piece[float32]) { updateSGD(o, p) },
		Float64: func(p Piece[float64]) { updateSGD(o, p) },
	}
	if o.Momentum != 0 {
		r.State = []StateTensor{{Name: "momentum_buffer"}}
	}
	return r, checkSettings(r.Kind, setting{"LR", o.LR, 0}, setting{"Momentum", o.Momentum, 0},
		setting{"Dampening", o.Dampening, 0}, setting{"WeightDecay", o.WeightDecay, 0})
}

func updateSGD[T float32 | float64](o SGD, p Piece[T]) {
	kernel.SGDStep(kernel.SGDRule{
		LR: p.LR, Momentum: o.Momentum, Dampening: o.Dampening, WeightDecay: p.WeightDecay,
		Nesterov: o.Nesterov, Maximize: o.Maximize, First: p.Update == 1,
	}, p.W, p.G, p.State[0])
}

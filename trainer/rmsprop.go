package trainer

import "github.com/stheno-ml/stheno/internal/kernel"

var _ Optimizer = RMSprop{}

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
	Eps         float64 // 0 means 1e-8, negative means none
	Momentum    float64 // default 0: none
	WeightDecay float64 // L2 penalty; default 0
	Centered    bool    // divide by the deviation instead of the root mean square
	Maximize    bool    // go up instead of down
}

// Rule implements Optimizer. Only Alpha and Eps may be negative.
func (o RMSprop) Rule() (Rule, error) {
	r := Rule{
		Kind: "rmsprop", LR: orDefault(o.LR, 1e-2), WeightDecay: o.WeightDecay,
		State:   []StateTensor{{Name: "square_avg"}},
		Float32: func(p Piece[float32]) { updateRMSprop(o, p) },
		Float64: func(p Piece[float64]) { updateRMSprop(o, p) },
	}
	if o.Centered {
		r.State = append(r.State, StateTensor{Name: "grad_avg"})
	}
	if o.Momentum != 0 {
		r.State = append(r.State, StateTensor{Name: "momentum_buffer"})
	}
	return r, checkSettings(r.Kind, setting{"LR", o.LR, 0}, setting{"Alpha", o.Alpha, anything}, setting{"Eps", o.Eps, anything},
		setting{"Momentum", o.Momentum, 0}, setting{"WeightDecay", o.WeightDecay, 0})
}

func updateRMSprop[T float32 | float64](o RMSprop, p Piece[T]) {
	average, momentum := p.State[1], p.State[1]
	if o.Centered {
		momentum = p.State[2]
	}
	kernel.RMSPropStep(kernel.RMSPropRule{
		LR: p.LR, Alpha: orDefault(o.Alpha, 0.99), Eps: orDefault(o.Eps, 1e-8),
		Momentum: o.Momentum, WeightDecay: p.WeightDecay, Centered: o.Centered, Maximize: o.Maximize,
	}, p.W, p.G, p.State[0], average, momentum)
}

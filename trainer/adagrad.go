package trainer

import "github.com/stheno-ml/stheno/internal/kernel"

var _ Optimizer = Adagrad{}

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
	Eps                float64 // 0 means 1e-10, negative means none
	WeightDecay        float64 // L2 penalty; default 0
	Maximize           bool    // go up instead of down
}

// Rule implements Optimizer. Only Eps may be negative.
func (o Adagrad) Rule() (Rule, error) {
	r := Rule{
		Kind: "adagrad", LR: orDefault(o.LR, 1e-2), WeightDecay: o.WeightDecay,
		State:   []StateTensor{{Name: "sum", Initial: o.InitialAccumulator}},
		Float32: func(p Piece[float32]) { updateAdagrad(o, p) },
		Float64: func(p Piece[float64]) { updateAdagrad(o, p) },
	}
	return r, checkSettings(r.Kind, setting{"LR", o.LR, 0}, setting{"LRDecay", o.LRDecay, 0},
		setting{"InitialAccumulator", o.InitialAccumulator, 0}, setting{"Eps", o.Eps, anything}, setting{"WeightDecay", o.WeightDecay, 0})
}

func updateAdagrad[T float32 | float64](o Adagrad, p Piece[T]) {
	kernel.AdagradStep(kernel.AdagradRule{
		LR: p.LR, LRDecay: o.LRDecay, Eps: orDefault(o.Eps, 1e-10),
		WeightDecay: p.WeightDecay, Step: p.Update, Maximize: o.Maximize,
	}, p.W, p.G, p.State[0])
}

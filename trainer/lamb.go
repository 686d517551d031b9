package trainer

import "math"

var _ Optimizer = LAMB{}

// LAMB is AdamW whose step is in proportion to each parameter's own size, for
// batches of thousands of images:
//
//	m = Betas[0]*m + (1-Betas[0])*g
//	v = Betas[1]*v + (1-Betas[1])*g*g
//	u = m/(1-Betas[0]^t) / (sqrt(v/(1-Betas[1]^t)) + Eps) + WeightDecay*w
//	w -= LR * |w|/|u| * u
//
// where |.| is a parameter's L2 norm, and |w|/|u| is 1 where either is 0. Biases
// and norms' scales, which have one dimension, do without the factor unless
// AlwaysAdapt: their norms say nothing about how far they may go. The published
// runs clip the gradients' common norm to 1 as well: Config.ClipNorm.
//
// You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76
// minutes", 2019, arXiv:1904.00962; defaults are timm's.
type LAMB struct {
	LR float64 // learning rate; 0 means 1e-3
	// Betas are the decay rates of the two moments, each in [0, 1); both 0
	// means 0.9, 0.999.
	Betas       [2]float64
	Eps         float64 // 0 means 1e-6, negative means none
	WeightDecay float64 // 0 means 1e-2, negative means none
	Clip        bool    // |w|/|u| at most 1
	AlwaysAdapt bool    // biases and norms too
	Maximize    bool    // go up instead of down
}

// Rule implements Optimizer. Only Eps and WeightDecay may be negative.
func (o LAMB) Rule() (Rule, error) {
	if err := checkSettings("lamb", setting{"WeightDecay", o.WeightDecay, anything}); err != nil {
		return Rule{}, err
	}
	m := moments{kind: "lamb", lr: o.LR, betas: o.Betas, eps: o.Eps, weightDecay: orDefault(o.WeightDecay, 1e-2)}
	r, err := m.rule()
	if err != nil {
		return Rule{}, err
	}
	if o.Betas == [2]float64{} {
		o.Betas = defaultBetas
	}
	r.Whole = true
	r.Float32 = func(p Piece[float32]) { updateLAMB(o, p) }
	r.Float64 = func(p Piece[float64]) { updateLAMB(o, p) }
	return r, nil
}

// updateLAMB computes the direction twice, once for its norm: it is nowhere
// stored.
func updateLAMB[T float32 | float64](o LAMB, p Piece[T]) {
	t := float64(p.Update)
	b1, b2 := T(o.Betas[0]), T(o.Betas[1])
	c1, c2 := T(1-o.Betas[0]), T(1-o.Betas[1])
	first, root := T(1/(1-math.Pow(o.Betas[0], t))), T(1/math.Sqrt(1-math.Pow(o.Betas[1], t)))
	eps, decay := T(orDefault(o.Eps, 1e-6)), T(p.WeightDecay)
	sign := T(1)
	if o.Maximize {
		sign = -1
	}
	w := p.W
	g, m, v := p.G[:len(w)], p.State[0][:len(w)], p.State[1][:len(w)]
	sum := 0.0
	for i, x := range w {
		d := sign * g[i]
		mi, vi := b1*m[i]+c1*d, b2*v[i]+c2*(d*d)
		m[i], v[i] = mi, vi
		u := float64(mi*first/(T(math.Sqrt(float64(vi)))*root+eps) + decay*x)
		sum += u * u
	}
	step := p.LR
	if o.AlwaysAdapt || len(p.Shape) > 1 {
		ratio := 1.0
		if size := norm(w); size > 0 && sum > 0 {
			ratio = size / math.Sqrt(sum)
		}
		if o.Clip {
			ratio = min(ratio, 1)
		}
		step *= ratio
	}
	for i, x := range w {
		u := m[i]*first/(T(math.Sqrt(float64(v[i])))*root+eps) + decay*x
		w[i] = x - T(step)*u
	}
}

package kernel

import "math"

// The optimizers' updates: one pass over a parameter w, its gradient g and the
// optimizer's memory of it, by PyTorch's formulas. They are serial, so that a
// caller can cut all parameters of a network into even pieces and hand those
// to ForEach at once; every element depends on itself alone.

// SGDRule is w -= LR * d with the direction
//
//	d = g + WeightDecay*w
//	v = d at the First step, then Momentum*v + (1-Dampening)*d
//	d = v, or with Nesterov d + Momentum*v
//
// Maximize negates g, and a Scale other than 0 multiplies the first line. Without
// Momentum v is not touched and may be nil.
type SGDRule struct {
	LR, Momentum, Dampening, WeightDecay, Scale float64
	Nesterov, Maximize, First                   bool
}

// SGDStep updates w and v.
func SGDStep[T Float](r SGDRule, w, g, v []T) {
	sign := sign[T](r.Maximize)
	if r.Scale != 0 {
		sign *= T(r.Scale)
		r.WeightDecay *= r.Scale
	}
	lr, mom, keep, decay := T(r.LR), T(r.Momentum), T(1-r.Dampening), T(r.WeightDecay)
	g = g[:len(w)]
	if isSingle[T]() && r.Momentum != 0 && r.stepVec(float32s(w), float32s(g), float32s(v), float32(sign)) {
		return
	}
	if r.Momentum == 0 {
		for i, x := range w {
			w[i] = x - lr*(sign*g[i]+decay*x)
		}
		return
	}
	v = v[:len(w)]
	switch {
	case r.First:
		ahead := T(1)
		if r.Nesterov {
			ahead = 1 + mom
		}
		for i, x := range w {
			d := sign*g[i] + decay*x
			v[i] = d
			w[i] = x - lr*(ahead*d)
		}
	case r.Nesterov:
		for i, x := range w {
			d := sign*g[i] + decay*x
			m := mom*v[i] + keep*d
			v[i] = m
			w[i] = x - lr*(d+mom*m)
		}
	default:
		for i, x := range w {
			m := mom*v[i] + keep*(sign*g[i]+decay*x)
			v[i] = m
			w[i] = x - lr*m
		}
	}
}

// stepVec is SGDStep with momentum on the vector unit, the velocity's old and
// new value weighted by factors that are 0 or 1 in the plain cases.
func (r SGDRule) stepVec(w, g, v []float32, sign float32) bool {
	momentum, keep := float32(r.Momentum), float32(1-r.Dampening)
	own, ahead := float32(0), float32(1)
	if r.Nesterov {
		own, ahead = 1, momentum
	}
	if r.First { // whatever v holds, were it NaN, must not matter
		clear(v[:len(w)])
		keep = 1
	}
	return vecSGD(g, w, v, sign, float32(r.WeightDecay), momentum, keep, float32(r.LR), own, ahead)
}

// AdamRule is, at step t = Step counted from 1,
//
//	d = g + WeightDecay*w, or if Decoupled d = g and w -= LR*WeightDecay*w
//	m = Beta1*m + (1-Beta1)*d
//	v = Beta2*v + (1-Beta2)*d*d
//	w -= LR/(1-Beta1^t) * m / (sqrt(v)/sqrt(1-Beta2^t) + Eps)
//
// With a non-nil peak (AMSGrad), peak = max(peak, v) takes v's place in the
// last line. Maximize negates g.
type AdamRule struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64
	Step                               int
	Decoupled, Maximize                bool
}

// AdamStep updates w, m, v and peak.
func AdamStep[T Float](r AdamRule, w, g, m, v, peak []T) {
	b1, b2 := T(r.Beta1), T(r.Beta2)
	c1, c2 := T(1-r.Beta1), T(1-r.Beta2)
	t := float64(r.Step)
	step := T(r.LR / (1 - math.Pow(r.Beta1, t)))
	root := T(math.Sqrt(1 - math.Pow(r.Beta2, t)))
	eps := T(r.Eps)
	shrink, decay := T(1), T(r.WeightDecay)
	if r.Decoupled {
		shrink, decay = T(1-r.LR*r.WeightDecay), 0
	}
	sign := sign[T](r.Maximize)
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	if isSingle[T]() && peak == nil && vecAdam(float32s(g), float32s(w), float32s(m), float32s(v), float32(sign), float32(decay),
		float32(b1), float32(c1), float32(b2), float32(c2), float32(shrink), float32(step), float32(1/root), float32(eps)) {
		return
	}
	if peak != nil {
		peak = peak[:len(w)]
	}
	for i, x := range w {
		d := sign*g[i] + decay*x
		mi := b1*m[i] + c1*d
		vi := b2*v[i] + c2*(d*d)
		m[i], v[i] = mi, vi
		if peak != nil {
			if peak[i] < vi {
				peak[i] = vi
			}
			vi = peak[i]
		}
		w[i] = shrink*x - step*mi/(T(math.Sqrt(float64(vi)))/root+eps)
	}
}

// RMSPropRule is
//
//	d = g + WeightDecay*w
//	s = Alpha*s + (1-Alpha)*d*d
//	a = Alpha*a + (1-Alpha)*d           if Centered, and s-a*a below for s
//	u = d / (sqrt(s) + Eps)
//	v = Momentum*v + u, u = v           with Momentum
//	w -= LR*u
//
// Maximize negates g. Without Centered a may be nil, without Momentum v.
type RMSPropRule struct {
	LR, Alpha, Eps, Momentum, WeightDecay float64
	Centered, Maximize                    bool
}

// RMSPropStep updates w, s, a and v.
func RMSPropStep[T Float](r RMSPropRule, w, g, s, a, v []T) {
	lr, alpha, rest, eps := T(r.LR), T(r.Alpha), T(1-r.Alpha), T(r.Eps)
	mom, decay := T(r.Momentum), T(r.WeightDecay)
	sign := sign[T](r.Maximize)
	g, s = g[:len(w)], s[:len(w)]
	if r.Centered {
		a = a[:len(w)]
	}
	if r.Momentum != 0 {
		v = v[:len(w)]
	}
	for i, x := range w {
		d := sign*g[i] + decay*x
		q := alpha*s[i] + rest*(d*d)
		s[i] = q
		if r.Centered {
			mean := alpha*a[i] + rest*d
			a[i] = mean
			// Rounding can take the variance of a constant gradient below 0.
			q = max(q-mean*mean, 0)
		}
		u := d / (T(math.Sqrt(float64(q))) + eps)
		if r.Momentum != 0 {
			u += mom * v[i]
			v[i] = u
		}
		w[i] = x - lr*u
	}
}

// AdagradRule is, at step t = Step counted from 1,
//
//	d = g + WeightDecay*w
//	s += d*d
//	w -= LR/(1+(t-1)*LRDecay) * d / (sqrt(s) + Eps)
//
// Maximize negates g.
type AdagradRule struct {
	LR, LRDecay, Eps, WeightDecay float64
	Step                          int
	Maximize                      bool
}

// AdagradStep updates w and s.
func AdagradStep[T Float](r AdagradRule, w, g, s []T) {
	lr := T(r.LR / (1 + float64(r.Step-1)*r.LRDecay))
	eps, decay := T(r.Eps), T(r.WeightDecay)
	sign := sign[T](r.Maximize)
	g, s = g[:len(w)], s[:len(w)]
	for i, x := range w {
		d := sign*g[i] + decay*x
		q := s[i] + d*d
		s[i] = q
		w[i] = x - lr*d/(T(math.Sqrt(float64(q)))+eps)
	}
}

func sign[T Float](maximize bool) T {
	if maximize {
		return -1
	}
	return 1
}

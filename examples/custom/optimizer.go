package main

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/trainer"
)

// LARS is an optimizer: momentum with steps in proportion to each parameter's
// own size, whatever the size of its gradient,
//
//	d = g + WeightDecay*w
//	v = Momentum*v + |w|/|d| * d     (the factor is 1 where either norm is 0)
//	w -= LR*v
//
// (You, Gitman and Ginsburg 2017, Large Batch Training of Convolutional
// Networks, arXiv:1708.03888; the paper's trust coefficient is part of LR.)
type LARS struct {
	LR          float64 // 0 means 0.01
	Momentum    float64 // default 0: none
	WeightDecay float64 // default 0
}

// Rule gives the formula, or the field that makes no sense.
func (o LARS) Rule() (trainer.Rule, error) {
	if o.LR == 0 {
		o.LR = 0.01
	}
	if !(o.Momentum >= 0 && o.Momentum < 1) {
		return trainer.Rule{}, errors.Errorf("LARS: Momentum is %v, want at least 0 and less than 1", o.Momentum)
	}
	return trainer.Rule{
		Kind: "lars", LR: o.LR, WeightDecay: o.WeightDecay,
		State:   []trainer.StateTensor{{Name: "momentum_buffer"}},
		Whole:   true, // a norm needs the whole parameter
		Float32: func(p trainer.Piece[float32]) { larsStep(p, o.Momentum) },
		Float64: func(p trainer.Piece[float64]) { larsStep(p, o.Momentum) },
	}, nil
}

// larsStep is the formula once for both element types. Rate and decay are the
// piece's: schedules and parameter groups change them.
func larsStep[T float32 | float64](p trainer.Piece[T], momentum float64) {
	decayed := func(i int) float64 { return float64(p.G[i]) + p.WeightDecay*float64(p.W[i]) }
	var size, slope float64
	for i := range p.W {
		size += float64(p.W[i]) * float64(p.W[i])
		slope += decayed(i) * decayed(i)
	}
	factor := 1.0
	if size > 0 && slope > 0 {
		factor = math.Sqrt(size / slope)
	}
	v := p.State[0]
	for i := range p.W {
		v[i] = T(momentum*float64(v[i]) + factor*decayed(i))
		p.W[i] -= T(p.LR * float64(v[i]))
	}
}

var _ trainer.Optimizer = LARS{}

package trainer

import (
	"math"

	"github.com/stheno-ml/stheno/internal/kernel"
)

var _ Optimizer = LARS{}

// LARS is SGD whose step is in proportion to each parameter's own size, for
// batches of thousands of images:
//
//	r = TrustCoefficient * |w| / (|g| + WeightDecay*|w| + Eps)
//	d = r * (g + WeightDecay*w)
//	v = Momentum*v + d                  (v = d at the first update)
//	w -= LR*v, or with Nesterov w -= LR*(d + Momentum*v)
//
// where |.| is a parameter's L2 norm, and r is 1 where |w| or |g| is 0. Biases
// and norms' scales, which have one dimension, keep r = 1 unless AlwaysAdapt:
// their norms say nothing about how far they may go. A Group with a WeightDecay
// below 0 usually spares them the decay too.
//
// You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks",
// 2017, arXiv:1708.03888. Like timm's, it multiplies by the learning rate behind
// the momentum, where the paper does it before, and Clip is that of NVIDIA's
// LARC.
type LARS struct {
	LR               float64 // learning rate; 0 means 1
	Momentum         float64 // default 0: none
	WeightDecay      float64 // L2 penalty; default 0
	Nesterov         bool    // look ahead; has no effect without Momentum
	TrustCoefficient float64 // share of its own size that a parameter moves; 0 means 1e-3
	Eps              float64 // 0 means 1e-8, negative means none
	Clip             bool    // r at most LR, so that no step is longer than SGD's: r = min(r/LR, 1)
	AlwaysAdapt      bool    // biases and norms too
	Maximize         bool    // go up instead of down
}

// Rule implements Optimizer. Only Eps may be negative.
func (o LARS) Rule() (Rule, error) {
	r := Rule{
		Kind: "lars", LR: orDefault(o.LR, 1), WeightDecay: o.WeightDecay, Whole: true,
		Float32: func(p Piece[float32]) { updateLARS(o, p) },
		Float64: func(p Piece[float64]) { updateLARS(o, p) },
	}
	if o.Momentum != 0 {
		r.State = []StateTensor{{Name: "momentum_buffer"}}
	}
	return r, checkSettings(r.Kind, setting{"LR", o.LR, 0}, setting{"Momentum", o.Momentum, 0}, setting{"WeightDecay", o.WeightDecay, 0},
		setting{"TrustCoefficient", o.TrustCoefficient, 0}, setting{"Eps", o.Eps, anything})
}

func updateLARS[T float32 | float64](o LARS, p Piece[T]) {
	ratio := 1.0
	if o.AlwaysAdapt || len(p.Shape) > 1 {
		w, g := norm(p.W), norm(p.G)
		if w > 0 && g > 0 {
			ratio = orDefault(o.TrustCoefficient, 1e-3) * w / (g + p.WeightDecay*w + orDefault(o.Eps, 1e-8))
		}
		if o.Clip {
			ratio = min(ratio/p.LR, 1)
		}
	}
	ratio = max(ratio, math.SmallestNonzeroFloat64) // 0 would mean no scale
	kernel.SGDStep(kernel.SGDRule{
		LR: p.LR, Momentum: o.Momentum, WeightDecay: p.WeightDecay, Scale: ratio,
		Nesterov: o.Nesterov, Maximize: o.Maximize, First: p.Update == 1,
	}, p.W, p.G, p.State[0])
}

// norm is the L2 norm, summed in double precision.
func norm[T float32 | float64](x []T) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

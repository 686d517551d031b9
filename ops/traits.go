package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
)

// What the operations answer to the passes over a graph. See internal/op.

var (
	_ op.Activation      = activate{}
	_ op.ActivationTaker = conv2D{}
	_ op.ActivationTaker = conv2DInference{}
	_ op.ActivationTaker = convTranspose2D{}
	_ op.ActivationTaker = linear{}
	_ op.ActivationTaker = batchNorm{}
	_ op.ActivationTaker = add{}
	_ op.ActivationTaker = squeezeExcite{}
	_ op.SumTaker        = conv2D{}
	_ op.SumTaker        = squeezeExcite{}
	_ op.NormTaker       = conv2D{}
	_ op.NormTaker       = linear{}
	_ op.Normalization   = batchNorm{}
	_ op.Sum             = add{}
	_ op.Reshaping       = reshape{}
	_ op.Scaling         = scale{}
	_ op.Selection       = sliceChannels{}
	_ op.Selection       = padChannels{}
	_ op.Selection       = subsample{}
	_ op.Selection       = zeroPad2D{}
	_ op.Selection       = adaptiveAvgPool2D{}
)

// Activation is the function.
func (o activate) Activation() kernel.Act { return o.act }

// none reports whether there is no activation yet.
func none(a kernel.Act) bool { return a.Kind == kernel.ActIdentity }

// TakeActivation makes it a convolution of inference where the derivative would
// not follow from the result.
func (o conv2D) TakeActivation(a kernel.Act, inputs int, derivative bool) (op.Operation, bool) {
	if !none(o.act) || derivative && !a.FromOutput() {
		return nil, false
	}
	o.act = a
	if a.FromOutput() {
		return o, true
	}
	return conv2DInference{conv: o, bias: inputs > 2}, true
}

// TakeSum makes it a convolution of inference.
func (o conv2D) TakeSum(inputs int) (op.Operation, bool) {
	return conv2DInference{conv: o, bias: inputs > 2, sum: true}, none(o.act)
}

// TakesNorm is true unless an activation stands between.
func (o conv2D) TakesNorm() bool { return none(o.act) }

// TakeActivation has no derivative.
func (o conv2DInference) TakeActivation(a kernel.Act, _ int, derivative bool) (op.Operation, bool) {
	if derivative || !none(o.conv.act) {
		return nil, false
	}
	o.conv.act = a
	return o, true
}

// TakeActivation takes those whose derivative follows from the result.
func (o convTranspose2D) TakeActivation(a kernel.Act, _ int, derivative bool) (op.Operation, bool) {
	if !none(o.act) || derivative && !a.FromOutput() {
		return nil, false
	}
	o.act = a
	return o, true
}

// TakeActivation takes those whose derivative follows from the result.
func (o linear) TakeActivation(a kernel.Act, _ int, derivative bool) (op.Operation, bool) {
	if !none(o.act) || derivative && !a.FromOutput() {
		return nil, false
	}
	o.act = a
	return o, true
}

// TakesNorm is true unless an activation stands between.
func (o linear) TakesNorm() bool { return none(o.act) }

// TakeActivation takes any: the derivative computes its argument anew.
func (o batchNorm) TakeActivation(a kernel.Act, _ int, _ bool) (op.Operation, bool) {
	if !none(o.act) {
		return nil, false
	}
	o.act = a
	return o, true
}

// Normalization is the operation's in inference.
func (o batchNorm) Normalization(inputs int) (float64, kernel.Act, bool) {
	return o.eps, o.act, !o.training && inputs == 5
}

// TakeActivation is for sums of two.
func (add) TakeActivation(a kernel.Act, inputs int, _ bool) (op.Operation, bool) {
	return addAct{a}, inputs == 2
}

// Sums is true.
func (add) Sums() bool { return true }

// Reshapes is true.
func (reshape) Reshapes() bool { return true }

// Factor is the number.
func (o scale) Factor() float64 { return o.factor }

// WithFactor is Scale by another number.
func (scale) WithFactor(factor float64) op.Operation { return scale{factor} }

// Whole reports whether all channels are kept.
func (sliceChannels) Whole(n *op.Node) bool { return unchanged(n) }

// Whole reports whether no channel is added.
func (padChannels) Whole(n *op.Node) bool { return unchanged(n) }

// Whole reports whether no pixel is left out.
func (subsample) Whole(n *op.Node) bool { return unchanged(n) }

// Whole reports whether every pixel is a mean by itself.
func (adaptiveAvgPool2D) Whole(n *op.Node) bool { return unchanged(n) }

func unchanged(n *op.Node) bool { return n.OutShape().Eq(n.Inputs()[0].Shape()) }

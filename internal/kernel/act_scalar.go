package kernel

import "math"

const (
	seluAlpha  = 1.6732632423543772848170429916717
	seluLambda = 1.0507009873554804934193349852946
	invSqrt2   = 0.70710678118654752440084436210485
	invSqrt2Pi = 0.39894228040143267793994605993438
	sqrt2OvPi  = 0.79788456080286535587989211986876
	geluCubic  = 0.044715
)

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// softplus is log(1 + eˣ), also where eˣ overflows.
func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// tanh is within an ulp of the true value also near ±1, where math.Tanh is
// not and 1 - tanh² needs every bit.
func tanh(x float64) float64 {
	t := math.Expm1(-2 * math.Abs(x))
	y := -t / (t + 2)
	if x >= 1 || x <= -1 {
		y = 1 - 2/(math.Expm1(2*math.Abs(x))+2)
	}
	return math.Copysign(y, x)
}

func clamp(x, lo, hi float64) float64 {
	switch {
	case x < lo:
		return lo
	case x > hi:
		return hi
	}
	return x // NaN too
}

// at returns f(x).
func (a Act) at(x float64) float64 {
	switch a.Kind {
	case ActReLU:
		if x <= 0 {
			return 0
		}
	case ActLeakyReLU:
		if x <= 0 {
			return a.A * x
		}
	case ActELU:
		if x <= 0 {
			return a.A * math.Expm1(x)
		}
	case ActSELU:
		if x <= 0 {
			return seluLambda * seluAlpha * math.Expm1(x)
		}
		return seluLambda * x
	case ActCELU:
		if x <= 0 {
			return a.A * math.Expm1(x/a.A)
		}
	case ActGELU:
		return 0.5 * x * (1 + math.Erf(x*invSqrt2))
	case ActGELUTanh:
		return 0.5 * x * (1 + tanh(sqrt2OvPi*(x+geluCubic*x*x*x)))
	case ActSiLU:
		return x * sigmoid(x)
	case ActMish:
		return x * tanh(softplus(x))
	case ActSoftplus:
		return softplus(x)
	case ActSoftsign:
		return x / (1 + math.Abs(x))
	case ActSigmoid:
		return sigmoid(x)
	case ActTanh:
		return tanh(x)
	case ActHardSigmoid:
		return clamp(x+3, 0, 6) / 6
	case ActHardSwish:
		return x * clamp(x+3, 0, 6) / 6
	case ActHardTanh:
		return clamp(x, -1, 1)
	case ActReLU6:
		return clamp(x, 0, 6)
	case ActLogSigmoid:
		return -softplus(-x)
	case ActStep:
		if x > 0 {
			return 1
		} else if x <= 0 {
			return 0
		}
	}
	return x
}

// slope returns f'(x), at kinks PyTorch's choice of it. Where f' is constant
// on either side of a kink, a NaN counts as being on the right.
func (a Act) slope(x float64) float64 {
	switch a.Kind {
	case ActReLU:
		if x <= 0 {
			return 0
		}
	case ActLeakyReLU:
		if x <= 0 {
			return a.A
		}
	case ActELU:
		if x <= 0 {
			return a.A * math.Exp(x)
		}
	case ActSELU:
		if x <= 0 {
			return seluLambda * seluAlpha * math.Exp(x)
		}
		return seluLambda
	case ActCELU:
		if x <= 0 {
			return math.Exp(x / a.A)
		}
	case ActGELU:
		return 0.5*(1+math.Erf(x*invSqrt2)) + x*invSqrt2Pi*math.Exp(-0.5*x*x)
	case ActGELUTanh:
		t := tanh(sqrt2OvPi * (x + geluCubic*x*x*x))
		if t == 1 || t == -1 { // the second term is 0, even if x² overflows
			return 0.5 * (1 + t)
		}
		return 0.5*(1+t) + 0.5*x*(1-t*t)*sqrt2OvPi*(1+3*geluCubic*x*x)
	case ActSiLU:
		s := sigmoid(x)
		return s * (1 + x*(1-s))
	case ActMish:
		t := tanh(softplus(x))
		return t + x*sigmoid(x)*(1-t*t)
	case ActSoftplus:
		return sigmoid(x)
	case ActSoftsign:
		d := 1 + math.Abs(x)
		return 1 / (d * d)
	case ActSigmoid:
		s := sigmoid(x)
		return s * (1 - s)
	case ActTanh:
		return a.slopeFromOutput(tanh(x))
	case ActHardSigmoid:
		if x <= -3 || x >= 3 {
			return 0
		}
		return float64(float32(1) / 6) // PyTorch keeps this slope in single precision
	case ActHardSwish:
		switch {
		case x < -3:
			return 0
		case x >= 3:
			return 1
		}
		return x/3 + 0.5
	case ActHardTanh:
		if x <= -1 || x >= 1 {
			return 0
		}
	case ActReLU6:
		if x <= 0 || x >= 6 {
			return 0
		}
	case ActLogSigmoid:
		return sigmoid(-x)
	case ActStep:
		return 0
	}
	return 1
}

// slopeFromOutput returns f'(x) as a function of y = f(x).
func (a Act) slopeFromOutput(y float64) float64 {
	switch a.Kind {
	case ActELU:
		if y <= 0 {
			return y + a.A
		}
	case ActSELU:
		if y <= 0 {
			return y + seluLambda*seluAlpha
		}
		return seluLambda
	case ActCELU:
		if y <= 0 {
			return y/a.A + 1
		}
	case ActSigmoid:
		return y * (1 - y)
	case ActTanh:
		return math.FMA(-y, y, 1) // y² rounded would lose the tail's last digits
	case ActHardTanh, ActReLU, ActLeakyReLU, ActReLU6: // y and x have the same kinks
		return a.slope(y)
	}
	return 1
}

// bounds writes an activation as a clamp of its argument; false where it is
// more than that.
func (a Act) bounds() (lo, hi float32, ok bool) {
	inf := float32(math.Inf(1))
	switch a.Kind {
	case ActIdentity:
		return -inf, inf, true
	case ActReLU:
		return 0, inf, true
	case ActReLU6:
		return 0, 6, true
	case ActHardTanh:
		return -1, 1, true
	}
	return -inf, inf, false
}

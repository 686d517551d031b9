package kernel

// eluFactors writes the exponential units as one: pos·x for x > 0, else
// neg·(e^(inner·x) - 1).
func (a Act) eluFactors() (pos, neg, inner float32) {
	switch a.Kind {
	case ActSELU:
		return seluLambda, seluLambda * seluAlpha, 1
	case ActCELU:
		return 1, float32(a.A), float32(1 / a.A)
	}
	return 1, float32(a.A), 1
}

// actVec is actRange on the vector unit.
func actVec(a Act, x, y []float32) bool {
	switch a.Kind {
	case ActReLU:
		if streams(y, x) {
			return vecReLUStream(x, y)
		}
		return vecReLU(x, y)
	case ActLeakyReLU:
		return vecLeaky(x, y, float32(a.A))
	case ActELU, ActSELU, ActCELU:
		pos, neg, inner := a.eluFactors()
		return vecELU(x, y, pos, neg, inner)
	case ActGELU:
		return vecGELU(x, y)
	case ActGELUTanh:
		return vecGELUTanh(x, y)
	case ActSiLU:
		return vecSiLU(x, y)
	case ActMish:
		return vecMish(x, y)
	case ActSoftplus:
		return vecSoftplus(x, y)
	case ActSoftsign:
		return vecSoftsign(x, y)
	case ActSigmoid:
		return vecSigmoid(x, y)
	case ActTanh:
		return vecTanh(x, y)
	case ActHardSigmoid:
		return vecHardSigmoid(x, y)
	case ActHardSwish:
		return vecHardSwish(x, y)
	case ActHardTanh:
		return vecClamp(x, y, -1, 1)
	case ActReLU6:
		return vecClamp(x, y, 0, 6)
	case ActLogSigmoid:
		return vecLogSigmoid(x, y)
	case ActStep:
		return vecStep(x, y)
	}
	return false
}

// actBackwardVec is actBackwardRange on the vector unit.
func actBackwardVec(a Act, x, dy, dx []float32) bool {
	switch a.Kind {
	case ActReLU:
		if streams(dx, x, dy) {
			return vecReLUGradStream(x, dy, dx)
		}
		return vecReLUGrad(x, dy, dx)
	case ActLeakyReLU:
		return vecLeakyGrad(x, dy, dx, float32(a.A))
	case ActELU, ActSELU, ActCELU:
		pos, neg, inner := a.eluFactors()
		return vecELUGrad(x, dy, dx, pos, neg*inner, inner)
	case ActGELU:
		return vecGELUGrad(x, dy, dx)
	case ActGELUTanh:
		return vecGELUTanhGrad(x, dy, dx)
	case ActSiLU:
		return vecSiLUGrad(x, dy, dx)
	case ActMish:
		return vecMishGrad(x, dy, dx)
	case ActSoftplus:
		return vecSoftplusGrad(x, dy, dx)
	case ActSoftsign:
		return vecSoftsignGrad(x, dy, dx)
	case ActSigmoid:
		return vecSigmoidGrad(x, dy, dx)
	case ActTanh:
		return vecTanhGrad(x, dy, dx)
	case ActHardSigmoid:
		return vecClampGrad(x, dy, dx, -3, 3, 1.0/6)
	case ActHardSwish:
		return vecHardSwishGrad(x, dy, dx)
	case ActHardTanh:
		return vecClampGrad(x, dy, dx, -1, 1, 1)
	case ActReLU6:
		return vecClampGrad(x, dy, dx, 0, 6, 1)
	case ActLogSigmoid:
		return vecLogSigmoidGrad(x, dy, dx)
	}
	return false
}

// actFromOutputVec is actFromOutputRange on the vector unit, for the kinds
// that need code of their own.
func actFromOutputVec(a Act, y, dy, dx []float32) bool {
	switch a.Kind {
	case ActSigmoid:
		return vecSigmoidGradFromOutput(y, dy, dx)
	case ActTanh:
		return vecTanhGradFromOutput(y, dy, dx)
	}
	return false
}

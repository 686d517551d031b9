package kernel

// ActKind names an activation function.
type ActKind uint8

// The activation functions. ActIdentity is the zero value.
const (
	ActIdentity    ActKind = iota // x
	ActReLU                       // max(x, 0)
	ActLeakyReLU                  // x for x > 0, else A·x
	ActELU                        // x for x > 0, else A·(eˣ - 1)
	ActSELU                       // λ·ELU with α = 1.67326..., λ = 1.05070...
	ActCELU                       // x for x > 0, else A·(e^(x/A) - 1)
	ActGELU                       // x·Φ(x), Φ the normal distribution function
	ActGELUTanh                   // GELU's approximation by tanh
	ActSiLU                       // x·sigmoid(x)
	ActMish                       // x·tanh(softplus(x))
	ActSoftplus                   // log(1 + eˣ)
	ActSoftsign                   // x / (1 + |x|)
	ActSigmoid                    // 1 / (1 + e⁻ˣ)
	ActTanh                       // tanh(x)
	ActHardSigmoid                // clamp(x/6 + 1/2, 0, 1)
	ActHardSwish                  // x·HardSigmoid(x)
	ActHardTanh                   // clamp(x, -1, 1)
	ActReLU6                      // clamp(x, 0, 6)
	ActLogSigmoid                 // log(sigmoid(x))
	ActStep                       // 1 for x > 0, else 0; its derivative is 0
	actKinds
)

// Act is an activation function with its parameters. The zero value is the
// identity. A is the slope of ActLeakyReLU and the alpha of ActELU and
// ActCELU, taken as it is: there are no defaults on this floor.
type Act struct {
	Kind ActKind
	A    float64
}

// FromOutput reports whether ActBackwardFromOutput loses nothing against
// ActBackward, so that a network need not keep x. The exponential units don't
// qualify: eˣ drowns in y = eˣ - 1 where x is very negative.
func (a Act) FromOutput() bool {
	switch a.Kind {
	case ActIdentity, ActReLU, ActSigmoid, ActTanh, ActHardTanh, ActReLU6:
		return true
	case ActLeakyReLU:
		return a.A > 0
	}
	return false
}

// grain is elementGrain, less for functions that cost more than memory.
func (a Act) grain() int {
	switch a.Kind {
	case ActIdentity, ActReLU, ActLeakyReLU, ActHardSigmoid, ActHardSwish, ActHardTanh, ActReLU6, ActStep, ActSoftsign:
		return elementGrain
	}
	return elementGrain / 4
}

type actForwardJob[T Float] struct {
	a    Act
	x, y []T
}

func (j *actForwardJob[T]) run(lo, hi int) { actRange(j.a, j.x[lo:hi], j.y[lo:hi]) }

// ActForward computes y = f(x). x and y may be the same slice.
func ActForward[T Float](a Act, x, y []T) {
	parallel(len(y), a.grain(), actForwardJob[T]{a, x, y})
}

func actRange[T Float](a Act, x, y []T) {
	if isSingle[T]() && actVec(a, float32s(x), float32s(y)) {
		return
	}
	x = x[:len(y)]
	switch a.Kind {
	case ActIdentity:
		copy(y, x)
	case ActReLU:
		for i, v := range x {
			if v <= 0 {
				v = 0
			}
			y[i] = v
		}
	case ActLeakyReLU:
		slope := T(a.A)
		for i, v := range x {
			if v <= 0 {
				v *= slope
			}
			y[i] = v
		}
	default:
		for i, v := range x {
			y[i] = T(a.at(float64(v)))
		}
	}
}

type actBackwardJob[T Float] struct {
	a         Act
	x, dy, dx []T
}

func (j *actBackwardJob[T]) run(lo, hi int) {
	actBackwardRange(j.a, j.x[lo:hi], j.dy[lo:hi], j.dx[lo:hi])
}

// ActBackward computes dx = dy · f'(x). dx may be dy or x.
func ActBackward[T Float](a Act, x, dy, dx []T) {
	parallel(len(dx), a.grain(), actBackwardJob[T]{a, x, dy, dx})
}

func actBackwardRange[T Float](a Act, x, dy, dx []T) {
	if isSingle[T]() && actBackwardVec(a, float32s(x), float32s(dy), float32s(dx)) {
		return
	}
	x, dy = x[:len(dx)], dy[:len(dx)]
	switch a.Kind {
	case ActIdentity:
		copy(dx, dy)
	case ActReLU:
		for i, v := range x {
			g := dy[i]
			if v <= 0 {
				g = 0
			}
			dx[i] = g
		}
	case ActLeakyReLU:
		slope := T(a.A)
		for i, v := range x {
			g := dy[i]
			if v <= 0 {
				g *= slope
			}
			dx[i] = g
		}
	default:
		for i, v := range x {
			dx[i] = dy[i] * T(a.slope(float64(v)))
		}
	}
}

type actFromOutputJob[T Float] struct {
	a         Act
	y, dy, dx []T
}

func (j *actFromOutputJob[T]) run(lo, hi int) {
	actFromOutputRange(j.a, j.y[lo:hi], j.dy[lo:hi], j.dx[lo:hi])
}

// ActBackwardFromOutput computes dx = dy · f'(x) from y = f(x), for the kinds
// that FromOutput names, and for ELU, SELU and CELU with the loss described
// there. dx may be dy or y.
func ActBackwardFromOutput[T Float](a Act, y, dy, dx []T) {
	parallel(len(dx), a.grain(), actFromOutputJob[T]{a, y, dy, dx})
}

func actFromOutputRange[T Float](a Act, y, dy, dx []T) {
	switch a.Kind {
	case ActIdentity, ActReLU, ActLeakyReLU, ActReLU6, ActHardTanh:
		actBackwardRange(a, y, dy, dx) // y and x have the same kinks
		return
	}
	if isSingle[T]() && actFromOutputVec(a, float32s(y), float32s(dy), float32s(dx)) {
		return
	}
	y, dy = y[:len(dx)], dy[:len(dx)]
	for i, v := range y {
		dx[i] = dy[i] * T(a.slopeFromOutput(float64(v)))
	}
}

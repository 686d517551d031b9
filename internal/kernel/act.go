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
	A, B float64
}

package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// Tanh is the hyperbolic tangent:
//
//	f(x)  = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)
//	f'(x) = 1 - f(x)²
//
// Range: (-1, 1). Use it for outputs in (-1, 1) and in networks of the classic
// kind (LeNet-5); it saturates on both sides.
//
// LeCun et al. 1998, Efficient BackProp.
var Tanh Activation = pointwise{name: "tanh", act: kernel.Act{Kind: kernel.ActTanh}}

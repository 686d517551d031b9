package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// Softsign is a tanh whose tails are polynomial:
//
//	f(x)  = x / (1 + |x|)
//	f'(x) = 1 / (1 + |x|)²
//
// Range: (-1, 1). Use it instead of Tanh where saturation should come slowly.
//
// Bergstra et al. 2009, Quadratic Polynomials Learn Better Image Features,
// technical report 1337, Université de Montréal.
var Softsign Activation = pointwise{name: "softsign", act: kernel.Act{Kind: kernel.ActSoftsign}}

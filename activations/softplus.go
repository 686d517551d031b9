package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// Softplus is a smooth ReLU that stays positive:
//
//	f(x)  = log(1 + eˣ)
//	f'(x) = 1 / (1 + e⁻ˣ)
//
// Range: (0, ∞). Use it for outputs that must be positive, such as scales and
// variances.
//
// Dugas et al. 2000, Incorporating Second-Order Functional Knowledge for Better
// Option Pricing, NIPS.
var Softplus Activation = pointwise{name: "softplus", act: kernel.Act{Kind: kernel.ActSoftplus}}

package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// GELU is the Gaussian error linear unit, computed with the error function:
//
//	f(x)  = x·Φ(x),  Φ(x) = (1 + erf(x/√2)) / 2
//	f'(x) = Φ(x) + x·φ(x),  φ(x) = e^(-x²/2) / √(2π)
//
// Range: [-0.1700, ∞). Use it where a smooth ReLU is wanted; usual in
// transformers and ConvNeXt.
//
// Hendrycks and Gimpel 2016, arXiv:1606.08415.
var GELU Activation = pointwise{name: "gelu", act: kernel.Act{Kind: kernel.ActGELU}}

package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// GELUTanh approximates GELU by a hyperbolic tangent:
//
//	f(x)  = x/2 · (1 + t),  t = tanh(u),  u = √(2/π)·(x + 0.044715·x³)
//	f'(x) = (1 + t)/2 + x/2 · (1 - t²)·u',  u' = √(2/π)·(1 + 0.134145·x²)
//
// Range: [-0.1700, ∞). Use it to match networks that were trained with it.
//
// Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2.
var GELUTanh Activation = pointwise{name: "gelu_tanh", act: kernel.Act{Kind: kernel.ActGELUTanh}}

package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// Mish is a smooth, non-monotonic relative of SiLU:
//
//	f(x)  = x·t,  t = tanh(log(1 + eˣ))
//	f'(x) = t + x·s·(1 - t²),  s = 1 / (1 + e⁻ˣ)
//
// Range: [-0.3088, ∞). Use it as SiLU where its higher cost doesn't matter; known
// from YOLOv4.
//
// Misra 2019, arXiv:1908.08681.
var Mish Activation = pointwise{name: "mish", act: kernel.Act{Kind: kernel.ActMish}}

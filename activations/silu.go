package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// SiLU is the sigmoid-weighted linear unit, also called swish:
//
//	f(x)  = x·s,  s = 1 / (1 + e⁻ˣ)
//	f'(x) = s·(1 + x·(1 - s))
//
// Range: [-0.2785, ∞). Use it where a smooth ReLU is wanted; usual in
// EfficientNet.
//
// Elfwing et al. 2017, arXiv:1702.03118; Ramachandran et al. 2017,
// arXiv:1710.05941 (swish).
var SiLU Activation = pointwise{name: "silu", act: kernel.Act{Kind: kernel.ActSiLU}}

package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// HardSwish is SiLU with HardSigmoid in place of the sigmoid:
//
//	f(x)  = x·min(max(x/6 + 1/2, 0), 1)
//	f'(x) = 0 for x < -3, x/3 + 1/2 for -3 ≤ x < 3, else 1
//
// Range: [-0.375, ∞). Use it for SiLU without an exponential, as MobileNetV3
// does.
//
// Howard et al. 2019, arXiv:1905.02244.
var HardSwish Activation = pointwise{name: "hard_swish", act: kernel.Act{Kind: kernel.ActHardSwish}}

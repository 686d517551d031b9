package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// LogSigmoid is the logarithm of the sigmoid:
//
//	f(x)  = log(1 / (1 + e⁻ˣ)) = -log(1 + e⁻ˣ)
//	f'(x) = 1 / (1 + eˣ)
//
// Range: (-∞, 0). Use it inside losses on binary labels, where the logarithm of
// Sigmoid's result would lose all digits.
var LogSigmoid Activation = pointwise{name: "log_sigmoid", act: kernel.Act{Kind: kernel.ActLogSigmoid}}

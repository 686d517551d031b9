package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// SELU is the self-normalising exponential linear unit:
//
//	f(x)  = λ·x for x > 0, else λ·α·(eˣ - 1)
//	f'(x) = λ   for x > 0, else λ·α·eˣ
//	α = 1.6732632423543772, λ = 1.0507009873554805
//
// Range: (-λα, ∞), λα = 1.7581. Use it in deep plain networks without batch
// normalisation: with weights of variance 1/fan-in, means and variances converge
// to 0 and 1.
//
// Klambauer et al. 2017, arXiv:1706.02515.
var SELU Activation = pointwise{name: "selu", act: kernel.Act{Kind: kernel.ActSELU}}

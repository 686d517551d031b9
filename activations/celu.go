package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// CELU is the ELU with a derivative that is continuous for every alpha:
//
//	f(x)  = x for x > 0, else alpha·(e^(x/alpha) - 1)
//	f'(x) = 1 for x > 0, else e^(x/alpha)
//
// Range: (-alpha, ∞). Use it for an ELU with an alpha other than 1. alpha (1 by
// default of Lookup) must be positive.
//
// Barron 2017, arXiv:1704.07483.
func CELU(alpha float64) Activation {
	return pointwise{name: "celu", setting: "alpha", act: kernel.Act{Kind: kernel.ActCELU, A: alpha}, fault: positive("alpha", alpha)}
}

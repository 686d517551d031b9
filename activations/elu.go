package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// ELU is the exponential linear unit:
//
//	f(x)  = x for x > 0, else alpha·(eˣ - 1)
//	f'(x) = 1 for x > 0, else alpha·eˣ
//
// Range: (-alpha, ∞). Use it where activations should average near zero without
// batch normalisation. alpha is usually 1 (the default of Lookup) and must not be
// negative.
//
// Clevert et al. 2015, arXiv:1511.07289.
func ELU(alpha float64) Activation {
	return pointwise{name: "elu", setting: "alpha", act: kernel.Act{Kind: kernel.ActELU, A: alpha}, fault: notNegative("alpha", alpha)}
}

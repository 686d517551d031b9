package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// Sigmoid is the logistic function:
//
//	f(x)  = 1 / (1 + e⁻ˣ)
//	f'(x) = f(x)·(1 - f(x))
//
// Range: (0, 1). Use it for gates and probabilities; between layers it saturates
// and its derivative never exceeds 1/4.
//
// Rumelhart et al. 1986, Learning Representations by Back-Propagating Errors,
// Nature 323.
var Sigmoid Activation = pointwise{name: "sigmoid", act: kernel.Act{Kind: kernel.ActSigmoid}}

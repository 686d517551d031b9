package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// ReLU is the rectified linear unit:
//
//	f(x)  = max(x, 0)
//	f'(x) = 1 for x > 0, else 0
//
// Range: [0, ∞). The default between convolutions: cheap, and it doesn't saturate
// to the right; a unit that is never positive stops learning.
//
// Nair and Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann
// Machines, ICML; Glorot et al. 2011, Deep Sparse Rectifier Neural Networks,
// AISTATS.
var ReLU Activation = pointwise{name: "relu", act: kernel.Act{Kind: kernel.ActReLU}}

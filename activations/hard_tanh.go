package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// HardTanh cuts its input off at -1 and 1:
//
//	f(x)  = min(max(x, -1), 1)
//	f'(x) = 1 for -1 < x < 1, else 0
//
// Range: [-1, 1]. Use it for a bounded output that is exact in the middle, for
// example in quantised networks.
//
// Collobert 2004, Large Scale Machine Learning, thesis, Université Paris 6.
var HardTanh Activation = pointwise{name: "hard_tanh", act: kernel.Act{Kind: kernel.ActHardTanh}}

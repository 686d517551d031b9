package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// LeakyReLU passes a fraction of negative inputs:
//
//	f(x)  = x for x > 0, else slope·x
//	f'(x) = 1 for x > 0, else slope
//
// Range: (-∞, ∞). Use it where ReLU's units die; usual slopes are 0.01 (the
// default of Lookup), 0.1 and 0.2. The slope must be finite.
//
// Maas et al. 2013, Rectifier Nonlinearities Improve Neural Network Acoustic
// Models, ICML workshop.
func LeakyReLU(slope float64) Activation {
	return pointwise{name: "leaky_relu", setting: "slope", act: kernel.Act{Kind: kernel.ActLeakyReLU, A: slope}, fault: finite("slope", slope)}
}

package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// LeakyReLU passes a fraction of negative inputs:
//
//	f(x)  = x for x > 0, else slope·x
//	f'(x) = 1 for x > 0, else slope
//
// Range: (-∞, ∞). Use it where ReLU's units die; usual slopes are 0.01,
// 0.1 and 0.2. The slope must be finite.
//
// Maas et al. 2013, Rectifier Nonlinearities Improve Neural Network Acoustic
// Models, ICML workshop.
type LeakyReLU struct {
	Slope float64 // 0 means 0.01
}

var _ Activation = LeakyReLU{}

// String is "leaky_relu", with slope where it is set: "leaky_relu:0.5".
func (a LeakyReLU) String() string { return named("leaky_relu", a.Slope) }

// Apply adds f(x) to x's graph.
func (a LeakyReLU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, a.act(), x, params)
}

// Parameters is nil.
func (LeakyReLU) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (LeakyReLU) InputsPerOutput() int { return 1 }

// Fused is ops.LeakyReLU of slope.
func (a LeakyReLU) Fused() (ops.Act, bool) { return a.act(), true }

func (a LeakyReLU) act() ops.LeakyReLU { return ops.LeakyReLU(orElse(a.Slope, 0.01)) }

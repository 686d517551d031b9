package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// ELU is the exponential linear unit:
//
//	f(x)  = x for x > 0, else alpha·(eˣ - 1)
//	f'(x) = 1 for x > 0, else alpha·eˣ
//
// Range: (-alpha, ∞). Use it where activations should average near zero without
// batch normalisation. Alpha must not be negative.
//
// Clevert et al. 2015, arXiv:1511.07289.
type ELU struct {
	Alpha float64 // 0 means 1
}

var _ Activation = ELU{}

// String is "elu", with alpha where it is set: "elu:0.5".
func (a ELU) String() string { return named("elu", a.Alpha) }

// Apply adds f(x) to x's graph.
func (a ELU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, a.act(), x, params)
}

// Parameters is nil.
func (ELU) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (ELU) InputsPerOutput() int { return 1 }

// Fused is ops.ELU of alpha.
func (a ELU) Fused() (ops.Act, bool) { return a.act(), true }

func (a ELU) act() ops.ELU { return ops.ELU(orElse(a.Alpha, 1)) }

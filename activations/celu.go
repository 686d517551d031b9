package activations

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// CELU is the ELU with a derivative that is continuous for every alpha:
//
//	f(x)  = x for x > 0, else alpha·(e^(x/alpha) - 1)
//	f'(x) = 1 for x > 0, else e^(x/alpha)
//
// Range: (-alpha, ∞). Use it for an ELU with an alpha other than 1. Alpha
// must be positive.
//
// Barron 2017, arXiv:1704.07483.
type CELU struct {
	Alpha float64 // 0 means 1
}

var _ Activation = CELU{}

// String is "celu", with alpha where it is set: "celu:0.5".
func (a CELU) String() string { return named("celu", a.Alpha) }

// Apply adds f(x) to x's graph.
func (a CELU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	return apply(a, a.act(), x, params)
}

// Parameters is nil.
func (CELU) Parameters(int) []Parameter { return nil }

// InputsPerOutput is 1.
func (CELU) InputsPerOutput() int { return 1 }

// Fused is ops.CELU of alpha.
func (a CELU) Fused() (ops.Act, bool) { return a.act(), true }

func (a CELU) act() ops.CELU { return ops.CELU(orElse(a.Alpha, 1)) }

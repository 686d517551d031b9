package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// LocalResponseNorm divides every element by a power of the mean square over
// neighbouring channels (see ops.LocalResponseNorm for the formula). The zero
// value has the settings that AlexNet was published with, in the convention
// that divides Alpha by Size: Size 5, Alpha 5e-4, Beta 0.75, K 2.
//
//	Input:  (N, C, H, W)
//	Output: the same
//
// Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep
// Convolutional Neural Networks, section 3.3.
type LocalResponseNorm struct {
	Size  int     // channels in the window; 0 means 5
	Alpha float64 // 0 means 5e-4, which is 1e-4 a channel at size 5
	Beta  float64 // 0 means 0.75
	K     float64 // 0 means 2
}

func (l LocalResponseNorm) complete() LocalResponseNorm {
	if l.Size == 0 {
		l.Size = 5
	}
	if l.Alpha == 0 {
		l.Alpha = 5e-4
	}
	if l.Beta == 0 {
		l.Beta = 0.75
	}
	if l.K == 0 {
		l.K = 2
	}
	return l
}

// Build adds the normalisation.
func (l LocalResponseNorm) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	l = l.complete()
	if l.Size < 1 {
		return nil, errors.Errorf("local_response_norm: Size = %d, want at least 1", l.Size)
	}
	return ops.LocalResponseNorm(x, ops.LocalResponseNormConfig{Size: l.Size, Alpha: l.Alpha, Beta: l.Beta, K: l.K})
}

func (l LocalResponseNorm) String() string {
	l = l.complete()
	return fmt.Sprintf("LocalResponseNorm %d, alpha %g, beta %g, k %g", l.Size, l.Alpha, l.Beta, l.K)
}

package blocks

import (
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// Residual is the unit of two 3x3 convolutions and a shortcut,
//
//	y = act(bn2(conv2(act(bn1(conv1(x))))) + shortcut(x))
//
// or with PreActivation
//
//	y = conv2(act(bn2(conv1(act(bn1(x)))))) + shortcut(x)
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, ceil(H/Stride), ceil(W/Stride))
//
// Parts are called conv1, bn1, act1, conv2, bn2, act2, whatever norm is put in,
// and the shortcut's projection downsample.0 and downsample.1. The stride is
// conv1's.
//
// He, Zhang, Ren and Sun 2015, Deep Residual Learning for Image Recognition,
// arXiv 1512.03385; PreActivation: the same 2016, Identity Mappings in Deep
// Residual Networks, arXiv 1603.05027, figure 4(e).
type Residual struct {
	Out           int                    // channels; required
	Stride        int                    // 0 means 1
	Act           activations.Activation // nil means ReLU; activations.Identity{} means none
	Norm          Block                  // nil means BatchNorm{}; Identity{} means none
	Shortcut      Shortcut               // how the input goes past; Projection by default
	PreActivation bool                   // norm and activation before the convolutions
	ZeroInit      bool                   // bn2's scale starts at 0, so that the unit starts as its shortcut
	Init          graph.Init             // of the convolutions' weights; nil means U(-b, b), b = 1/sqrt(fan-in)
	// StochasticDepth is the probability, in training, that an image skips all but
	// the shortcut; what stays is multiplied by 1/(1-p) before the sum. Default 0.
	StochasticDepth float64
}

// Build adds the unit.
func (r Residual) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return r.unit().build(s, x)
}

func (r Residual) unit() unit {
	stride := orOne(r.Stride)
	return unit{
		convs: []Conv2D{
			{Out: r.Out, Kernel: 3, Stride: stride, Padding: 1},
			{Out: r.Out, Kernel: 3, Padding: 1},
		},
		stride: stride, act: r.Act, norm: r.Norm, zeroInit: r.ZeroInit,
		shortcut: r.Shortcut, preAct: r.PreActivation, init: r.Init, depth: r.StochasticDepth,
	}
}

// String describes it: "Residual 64, stride 2, elu:1".
func (r Residual) String() string {
	return r.unit().describe(words{fmt.Sprintf("Residual %d", r.Out)})
}

func orOne(n int) int {
	if n == 0 {
		return 1
	}
	return n
}

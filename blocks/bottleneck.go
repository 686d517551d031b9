package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// Bottleneck is the unit of a 1x1 convolution that reduces the channels to
// Width, a 3x3 convolution, and a 1x1 convolution that expands them to Out:
//
//	y = act(bn3(conv3(act(bn2(conv2(act(bn1(conv1(x)))))))) + shortcut(x))
//
// or with PreActivation norm and activation before each convolution.
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, ceil(H/Stride), ceil(W/Stride))
//
// Parts are called conv1, bn1, act1 to conv3, bn3, act3, and the shortcut's
// projection downsample.0 and downsample.1. The stride is the 3x3
// convolution's, where the paper has it at the first: the better-known weights
// and PyTorch do so too ("v1.5").
//
// Groups over 1 makes it the unit of ResNeXt, a larger Width that of Wide
// ResNet.
//
// He, Zhang, Ren and Sun 2015, arXiv 1512.03385, figure 5; PreActivation: the
// same 2016, arXiv 1603.05027; Xie et al. 2016, Aggregated Residual
// Transformations for Deep Neural Networks, arXiv 1611.05431; Zagoruyko and
// Komodakis 2016, Wide Residual Networks, arXiv 1605.07146.
type Bottleneck struct {
	Out           int                    // channels; required
	Width         int                    // channels inside; 0 means Out/4
	Groups        int                    // of the 3x3 convolution; 0 means 1
	Stride        int                    // 0 means 1
	Act           activations.Activation // nil means ReLU; activations.Identity{} means none
	Norm          Block                  // nil means BatchNorm{}; Identity{} means none
	Shortcut      Shortcut               // how the input goes past; Projection by default
	PreActivation bool                   // norm and activation before the convolutions
	ZeroInit      bool                   // bn3's scale starts at 0, so that the unit starts as its shortcut
	Init          graph.Init             // of the convolutions' weights; nil means U(-b, b), b = 1/sqrt(fan-in)
	// StochasticDepth is the probability, in training, that an image skips all but
	// the shortcut; what stays is multiplied by 1/(1-p) before the sum. Default 0.
	StochasticDepth float64
}

// Build adds the unit.
func (b Bottleneck) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	u := b.unit()
	if w := u.convs[0].Out; w < 1 {
		return nil, errors.Errorf("bottleneck: Out = %d, Width = %d: want at least one channel inside", b.Out, w)
	}
	return u.build(s, x)
}

func (b Bottleneck) unit() unit {
	stride, width := orOne(b.Stride), b.Width
	if width == 0 {
		width = b.Out / 4
	}
	return unit{
		convs: []Conv2D{
			{Out: width, Kernel: 1},
			{Out: width, Kernel: 3, Stride: stride, Padding: 1, Groups: b.Groups},
			{Out: b.Out, Kernel: 1},
		},
		stride: stride, act: b.Act, norm: b.Norm, zeroInit: b.ZeroInit,
		shortcut: b.Shortcut, preAct: b.PreActivation, init: b.Init, depth: b.StochasticDepth,
	}
}

// String describes it: "Bottleneck 256, width 128, groups 32".
func (b Bottleneck) String() string {
	w := words{fmt.Sprintf("Bottleneck %d", b.Out)}
	if b.Width != 0 && b.Width != b.Out/4 {
		w.add("width %d", b.Width)
	}
	if b.Groups > 1 {
		w.add("groups %d", b.Groups)
	}
	return b.unit().describe(w)
}

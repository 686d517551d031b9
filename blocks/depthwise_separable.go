package blocks

import (
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// DepthwiseSeparable is a convolution in two steps: one kernel for each channel
// alone, then a 1x1 convolution across channels, with norm and activation after
// both. It takes about 1/(KH*KW) of the multiplications of a full convolution.
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, ceil(H/Stride), ceil(W/Stride))
//
// Parts are called depthwise and pointwise, each with conv, bn and act.
//
// Howard et al. 2017, MobileNets: Efficient Convolutional Neural Networks for
// Mobile Vision Applications, arXiv 1704.04861, section 3.1.
type DepthwiseSeparable struct {
	Out    int // channels; required
	Kernel int // side of the depthwise kernel, odd; 0 means 3
	Stride int // of the depthwise convolution; 0 means 1

	// Height and width apart, {vertical, horizontal}; a number that is not 0
	// replaces the square size above.
	KernelHW, StrideHW [2]int

	Norm Block                  // nil means BatchNorm{}; Identity{} means none
	Act  activations.Activation // nil means ReLU; activations.Identity{} means none
	Init graph.Init             // of the weights; nil means U(-b, b), b = 1/sqrt(fan-in)
}

// Build adds both steps.
func (d DepthwiseSeparable) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if err := wantImages("depthwise separable", x.Shape()); err != nil {
		return nil, err
	}
	channels := x.Shape()[1]
	return inOrder(s, x, []Named{
		{"depthwise", ConvNorm{Out: channels, KernelHW: d.kernel(), Stride: d.Stride, StrideHW: d.StrideHW, Padding: Same, Groups: channels, Norm: d.Norm, Act: d.Act, Init: d.Init}},
		{"pointwise", ConvNorm{Out: d.Out, Kernel: 1, Norm: d.Norm, Act: d.Act, Init: d.Init}},
	})
}

func (d DepthwiseSeparable) kernel() [2]int { return pair(d.Kernel, d.KernelHW, 3) }

// String describes it: "DepthwiseSeparable 3x3, 64, stride 2".
func (d DepthwiseSeparable) String() string {
	w := words{"DepthwiseSeparable " + by(d.kernel())}
	w.add("%d", d.Out)
	w.note("stride", d.Stride, d.StrideHW, 1)
	w.norm(d.Norm)
	w.act(d.Act, activations.ReLU{})
	return w.String()
}

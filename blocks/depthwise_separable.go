package blocks

import (
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// DepthwiseSeparable is a convolution in two steps: one kernel for each channel
// alone, then a 1x1 convolution across channels, with norm and activation after
// both. It takes about 1/Kernel^2 of the multiplications of a full convolution.
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, ceil(H/Stride), ceil(W/Stride))
//
// Parts are called depthwise and pointwise, each with conv, bn and act.
//
// Howard et al. 2017, MobileNets: Efficient Convolutional Neural Networks for
// Mobile Vision Applications, arXiv 1704.04861, section 3.1.
type DepthwiseSeparable struct {
	Out    int                    // channels; required
	Kernel int                    // side of the depthwise kernel, odd; 0 means 3
	Stride int                    // of the depthwise convolution; 0 means 1
	Norm   Block                  // nil means BatchNorm{}; Identity{} means none
	Act    activations.Activation // nil means ReLU; activations.Identity{} means none
	Init   graph.Init             // of the weights; nil means U(-b, b), b = 1/sqrt(fan-in)
}

// Build adds both steps.
func (d DepthwiseSeparable) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if err := wantImages("depthwise separable", x.Shape()); err != nil {
		return nil, err
	}
	channels := x.Shape()[1]
	return chain(s, x, []Named{
		{"depthwise", ConvNorm{Out: channels, Kernel: d.kernel(), Stride: d.Stride, Padding: Same, Groups: channels, Norm: d.Norm, Act: d.Act, Init: d.Init}},
		{"pointwise", ConvNorm{Out: d.Out, Kernel: 1, Norm: d.Norm, Act: d.Act, Init: d.Init}},
	}, end{})
}

func (d DepthwiseSeparable) kernel() int {
	if d.Kernel == 0 {
		return 3
	}
	return d.Kernel
}

// String describes it: "DepthwiseSeparable 3x3, 64, stride 2".
func (d DepthwiseSeparable) String() string {
	k := d.kernel()
	w := words{"DepthwiseSeparable " + by([2]int{k, k})}
	w.add("%d", d.Out)
	w.note("stride", d.Stride, [2]int{}, 1)
	w.norm(d.Norm)
	w.act(d.Act, activations.ReLU{})
	return w.String()
}

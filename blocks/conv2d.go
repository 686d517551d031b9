package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Conv2D is a convolution (see ops.Conv2D for the formula).
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, OH, OW), OH = floor((H + 2*padding - dilation*(kernel-1) - 1)/stride) + 1
//
// Parameters: weight (Out, C/Groups, KH, KW), bias (Out).
//
// Inference may use Winograd's algorithm, which rounds several times as much as
// a sum of products, unless graph.Config.ExactConvolutions says no.
type Conv2D struct {
	Out      int  // channels; required
	Kernel   int  // side of the kernel; required, here or in KernelHW
	Stride   int  // 0 means 1
	Padding  int  // zeros on every side, or Same
	Dilation int  // distance of kernel taps; 0 means 1
	Groups   int  // 0 means 1; C makes the convolution depthwise
	NoBias   bool // no bias, as before a batch norm

	// Height and width apart, {vertical, horizontal}; a number that is not 0
	// replaces the square size above.
	KernelHW, StrideHW, PaddingHW, DilationHW [2]int

	Init     graph.Init // of weight; nil means U(-b, b), b = 1/sqrt(fan-in)
	BiasInit graph.Init // of bias; nil means the same range
}

// Build adds the convolution.
func (c Conv2D) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	cfg, weightShape, err := c.geometry(x.Shape())
	if err != nil {
		return nil, err
	}
	weight, err := s.Param("weight", weightShape, orInit(c.Init))
	if err != nil {
		return nil, err
	}
	var bias *gorgonia.Node
	if !c.NoBias {
		if bias, err = s.Param("bias", tensor.Shape{c.Out}, orBiasInit(c.BiasInit, weightShape[1:].TotalSize())); err != nil {
			return nil, err
		}
	}
	cfg.Fast = !s.ExactConvolutions()
	return ops.Conv2D(x, weight, bias, cfg)
}

// geometry completes the settings and checks them against the input.
func (c Conv2D) geometry(x tensor.Shape) (ops.Conv2DConfig, tensor.Shape, error) {
	kernel := pair(c.Kernel, c.KernelHW, 0)
	cfg := ops.Conv2DConfig{
		Stride:   pair(c.Stride, c.StrideHW, 1),
		Dilation: pair(c.Dilation, c.DilationHW, 1),
		Groups:   c.Groups,
	}
	var err error
	if cfg.Padding, err = pad(pair(c.Padding, c.PaddingHW, 0), kernel, cfg.Dilation); err != nil {
		return cfg, nil, errors.WithMessage(err, "conv2d")
	}
	weight, err := cfg.WeightShape(x, c.Out, kernel)
	return cfg, weight, err
}

// String describes it: "Conv2D 3x3, 64, stride 2, padding 1".
func (c Conv2D) String() string {
	w := words{"Conv2D " + by(pair(c.Kernel, c.KernelHW, 0))}
	w.add("%d", c.Out)
	w.note("stride", c.Stride, c.StrideHW, 1)
	w.note("padding", c.Padding, c.PaddingHW, 0)
	w.note("dilation", c.Dilation, c.DilationHW, 1)
	if c.Groups > 1 {
		w.add("groups %d", c.Groups)
	}
	if c.NoBias {
		w.add("no bias")
	}
	return w.String()
}

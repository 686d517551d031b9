package blocks

import (
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ConvTranspose2D is a transposed convolution (see ops.ConvTranspose2D for the
// formula): with a stride over 1 it enlarges images.
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, OH, OW), OH = (H-1)*stride - 2*padding + dilation*(kernel-1) + OutputPadding + 1
//
// Parameters: weight (C, Out/Groups, KH, KW), bias (Out).
//
// Inference rounds as Conv2D's does.
type ConvTranspose2D struct {
	Out           int  // channels; required
	Kernel        int  // side of the kernel; required, here or in KernelHW
	Stride        int  // 0 means 1
	Padding       int  // rows and columns cut from every side of the output
	OutputPadding int  // rows and columns added at bottom and right; less than the stride or the dilation
	Dilation      int  // distance of kernel taps; 0 means 1
	Groups        int  // 0 means 1
	NoBias        bool // no bias, as before a batch norm

	// Height and width apart, {vertical, horizontal}; a number that is not 0
	// replaces the square size above.
	KernelHW, StrideHW, PaddingHW, OutputPaddingHW, DilationHW [2]int

	// Init is of weight; nil means U(-b, b), b = 1/sqrt(Out/Groups*KH*KW),
	// which is what PyTorch counts as fan-in here. BiasInit is of bias; nil
	// means the same range.
	Init, BiasInit graph.Init
}

// Build adds the transposed convolution.
func (c ConvTranspose2D) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	cfg := ops.ConvTranspose2DConfig{
		Stride:        pair(c.Stride, c.StrideHW, 1),
		Padding:       pair(c.Padding, c.PaddingHW, 0),
		OutputPadding: pair(c.OutputPadding, c.OutputPaddingHW, 0),
		Dilation:      pair(c.Dilation, c.DilationHW, 1),
		Groups:        c.Groups,
		Fast:          !s.ExactConvolutions(),
	}
	shape, err := cfg.WeightShape(x.Shape(), c.Out, pair(c.Kernel, c.KernelHW, 0))
	if err != nil {
		return nil, err
	}
	weight, err := s.Param("weight", shape, orInit(c.Init))
	if err != nil {
		return nil, err
	}
	var bias *gorgonia.Node
	if !c.NoBias {
		if bias, err = s.Param("bias", tensor.Shape{c.Out}, orBiasInit(c.BiasInit, shape[1:].TotalSize())); err != nil {
			return nil, err
		}
	}
	return ops.ConvTranspose2D(x, weight, bias, cfg)
}

// String describes it: "ConvTranspose2D 4x4, 64, stride 2, padding 1".
func (c ConvTranspose2D) String() string {
	w := words{"ConvTranspose2D " + by(pair(c.Kernel, c.KernelHW, 0))}
	w.add("%d", c.Out)
	w.note("stride", c.Stride, c.StrideHW, 1)
	w.note("padding", c.Padding, c.PaddingHW, 0)
	w.note("output padding", c.OutputPadding, c.OutputPaddingHW, 0)
	w.note("dilation", c.Dilation, c.DilationHW, 1)
	if c.Groups > 1 {
		w.add("groups %d", c.Groups)
	}
	if c.NoBias {
		w.add("no bias")
	}
	return w.String()
}

package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
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
type ConvTranspose2D struct {
	Out           int  // channels; required
	Kernel        int  // side of the kernel; required
	Stride        int  // 0 means 1
	Padding       int  // rows and columns cut from every side of the output
	OutputPadding int  // rows and columns added at bottom and right; less than the stride
	Dilation      int  // distance of kernel taps; 0 means 1
	Groups        int  // 0 means 1
	NoBias        bool // no bias, as before a batch norm

	// Init is of weight; nil means U(-b, b), b = 1/sqrt(Out/Groups*KH*KW),
	// which is what PyTorch counts as fan-in here. BiasInit is of bias; nil
	// means the same range.
	Init, BiasInit graph.Init
}

var _ fusable = ConvTranspose2D{}

// Build adds the transposed convolution.
func (c ConvTranspose2D) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return c.buildFused(s, x, fusion{})
}

func (ConvTranspose2D) takes(a activations.Activation) bool { return fromOutput(a) }

func (c ConvTranspose2D) buildFused(s *graph.Scope, x *gorgonia.Node, f fusion) (*gorgonia.Node, error) {
	groups := max(c.Groups, 1)
	switch shape := x.Shape(); {
	case c.Out < 1:
		return nil, errors.Errorf("conv_transpose2d: Out = %d, want the number of output channels", c.Out)
	case c.Kernel < 1:
		return nil, errors.Errorf("conv_transpose2d: Kernel = %d, want at least 1", c.Kernel)
	case c.Groups < 0:
		return nil, errors.Errorf("conv_transpose2d: Groups = %d, want at least 1", c.Groups)
	case len(shape) != 4:
		return nil, wantImages("conv_transpose2d", shape)
	case shape[1]%groups != 0:
		return nil, errors.Errorf("conv_transpose2d: input has %d channels, groups = %d does not divide it", shape[1], groups)
	case c.Out%groups != 0:
		return nil, errors.Errorf("conv_transpose2d: Out = %d channels, groups = %d does not divide it", c.Out, groups)
	}
	shape := tensor.Shape{x.Shape()[1], c.Out / groups, c.Kernel, c.Kernel}
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
	square := func(n int) [2]int { return [2]int{n, n} }
	return ops.ConvTranspose2D(x, weight, bias, ops.ConvTranspose2DConfig{
		Stride: square(orOne(c.Stride)), Padding: square(c.Padding), OutputPadding: square(c.OutputPadding),
		Dilation: square(orOne(c.Dilation)), Groups: groups, Act: f.fusedAct(),
	})
}

// String describes it: "ConvTranspose2D 4x4, 64, stride 2, padding 1".
func (c ConvTranspose2D) String() string {
	w := words{"ConvTranspose2D " + by([2]int{c.Kernel, c.Kernel})}
	w.add("%d", c.Out)
	w.note("stride", c.Stride, [2]int{}, 1)
	w.note("padding", c.Padding, [2]int{}, 0)
	w.note("output padding", c.OutputPadding, [2]int{}, 0)
	w.note("dilation", c.Dilation, [2]int{}, 1)
	if c.Groups > 1 {
		w.add("groups %d", c.Groups)
	}
	if c.NoBias {
		w.add("no bias")
	}
	return w.String()
}

package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// MaxoutLinear is the fully connected maxout layer: the largest of Pieces
// linear maps, feature by feature.
//
//	y[n,o] = max over k < Pieces of (x * weight^T + bias)[n, o*Pieces + k]
//
//	Input:  (N, features), or images (N, C, H, W), which it flattens
//	Output: (N, Out)
//
// Parameters: weight (Out*Pieces, features), bias (Out*Pieces).
//
// Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013, Maxout Networks,
// arXiv 1302.4389.
type MaxoutLinear struct {
	Out    int // features; required
	Pieces int // 0 means 2

	Init     graph.Init // of weight; nil means U(-b, b), b = 1/sqrt(features of the input)
	BiasInit graph.Init // of bias; nil means the same range
}

// Build adds the layer.
func (m MaxoutLinear) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	k, err := maxoutPieces(m.Pieces)
	if err != nil {
		return nil, err
	}
	z, err := Linear{Out: times(m.Out, k), Init: m.Init, BiasInit: m.BiasInit}.Build(s, x)
	if err != nil {
		return nil, err
	}
	return activations.Maxout{Pieces: k}.Apply(z)
}

// String describes it: "MaxoutLinear 240, 5 pieces".
func (m MaxoutLinear) String() string {
	k, _ := maxoutPieces(m.Pieces)
	return fmt.Sprintf("MaxoutLinear %d, %d pieces", m.Out, k)
}

// MaxoutConv is the convolutional maxout layer: the largest of Pieces
// convolutions, element by element.
//
//	y[n,o,i,j] = max over k < Pieces of conv(x)[n, o*Pieces + k, i, j]
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, OH, OW), sizes as Conv2D's
//
// Parameters: weight (Out*Pieces, C/Groups, KH, KW), bias (Out*Pieces).
//
// Goodfellow et al. 2013, arXiv 1302.4389, section 5.
type MaxoutConv struct {
	Out      int // channels; required
	Pieces   int // 0 means 2
	Kernel   int // side of the kernel; required, here or in KernelHW
	Stride   int // 0 means 1
	Padding  int // zeros on every side, or Same
	Dilation int // distance of kernel taps; 0 means 1
	Groups   int // 0 means 1

	// Height and width apart, {vertical, horizontal}; a number that is not 0
	// replaces the square size above.
	KernelHW, StrideHW, PaddingHW, DilationHW [2]int

	Init     graph.Init // of weight; nil means U(-b, b), b = 1/sqrt(fan-in)
	BiasInit graph.Init // of bias; nil means the same range
}

// Build adds the layer.
func (m MaxoutConv) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	k, err := maxoutPieces(m.Pieces)
	if err != nil {
		return nil, err
	}
	z, err := m.conv(k).Build(s, x)
	if err != nil {
		return nil, err
	}
	return activations.Maxout{Pieces: k}.Apply(z)
}

func (m MaxoutConv) conv(k int) Conv2D {
	return Conv2D{
		Out: times(m.Out, k), Kernel: m.Kernel, Stride: m.Stride, Padding: m.Padding, Dilation: m.Dilation, Groups: m.Groups,
		KernelHW: m.KernelHW, StrideHW: m.StrideHW, PaddingHW: m.PaddingHW, DilationHW: m.DilationHW,
		Init: m.Init, BiasInit: m.BiasInit,
	}
}

// String describes it: "MaxoutConv 3x3, 64, 2 pieces".
func (m MaxoutConv) String() string {
	k, _ := maxoutPieces(m.Pieces)
	w := words{"MaxoutConv " + by(pair(m.Kernel, m.KernelHW, 0))}
	w.add("%d", m.Out)
	w.add("%d pieces", k)
	w.note("stride", m.Stride, m.StrideHW, 1)
	w.note("padding", m.Padding, m.PaddingHW, 0)
	w.note("dilation", m.Dilation, m.DilationHW, 1)
	if m.Groups > 1 {
		w.add("groups %d", m.Groups)
	}
	return w.String()
}

func maxoutPieces(k int) (int, error) {
	if k == 0 {
		return 2, nil
	}
	if k < 1 {
		return k, errors.Errorf("maxout: Pieces = %d, want at least 1", k)
	}
	return k, nil
}

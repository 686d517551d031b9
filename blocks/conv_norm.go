package blocks

import (
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// ConvNorm is a convolution, a norm and an activation:
//
//	y = act(norm(conv(x)))
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, OH, OW), sizes as Conv2D's
//
// Parts are called conv, bn and act, or as Names says. An activation with k
// pieces (Maxout) makes convolution and norm k times as wide.
type ConvNorm struct {
	Out      int // channels; required
	Kernel   int // side of the kernel; required, here or in KernelHW
	Stride   int // 0 means 1
	Padding  int // zeros on every side, or Same
	Dilation int // distance of kernel taps; 0 means 1
	Groups   int // 0 means 1

	// Height and width apart, {vertical, horizontal}; a number that is not 0
	// replaces the square size above.
	KernelHW, StrideHW, PaddingHW, DilationHW [2]int

	Norm Block                  // nil means BatchNorm{}; Identity{} means none
	Act  activations.Activation // nil means ReLU; activations.Identity{} means none

	// Bias gives the convolution a bias before a norm that has its own. Without
	// such a norm it always has one.
	Bias bool

	// Initialisation of the convolution's weight and bias; nil means U(-b, b),
	// b = 1/sqrt(fan-in).
	Init, BiasInit graph.Init

	Names Names // of the parts
}

// Names are what a convolution, its norm and its activation are called inside
// of a block. An empty name means conv, bn or act.
type Names struct{ Conv, Norm, Act string }

func (n Names) complete() Names {
	return Names{or(n.Conv, "conv"), or(n.Norm, "bn"), or(n.Act, "act")}
}

// Build adds the three.
func (c ConvNorm) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return inOrder(s, x, c.parts())
}

// Unit is true: a drawing shows the convolution, its norm and its activation as
// one box.
func (ConvNorm) Unit() bool { return true }

func (c ConvNorm) parts() []Named {
	act, names := orReLU(c.Act), c.Names.complete()
	conv := Conv2D{
		Out: times(c.Out, pieces(act)), Kernel: c.Kernel, Stride: c.Stride, Padding: c.Padding, Dilation: c.Dilation, Groups: c.Groups,
		KernelHW: c.KernelHW, StrideHW: c.StrideHW, PaddingHW: c.PaddingHW, DilationHW: c.DilationHW,
		NoBias: shifts(c.Norm) && !c.Bias, Init: c.Init, BiasInit: c.BiasInit,
	}
	parts := appendNorm([]Named{{names.Conv, conv}}, names.Norm, c.Norm)
	return appendAct(parts, names.Act, act)
}

// String describes it: "ConvNorm 3x3, 64, stride 2, relu".
func (c ConvNorm) String() string {
	w := words{"ConvNorm " + by(pair(c.Kernel, c.KernelHW, 0))}
	w.add("%d", c.Out)
	w.note("stride", c.Stride, c.StrideHW, 1)
	w.note("padding", c.Padding, c.PaddingHW, 0)
	w.note("dilation", c.Dilation, c.DilationHW, 1)
	if c.Groups > 1 {
		w.add("groups %d", c.Groups)
	}
	w.norm(c.Norm)
	w.act(orReLU(c.Act), nil)
	return w.String()
}

// orBatchNorm is the norm of blocks that were published with batch norm.
func orBatchNorm(norm Block) Block {
	if norm == nil {
		return BatchNorm{}
	}
	return norm
}

// appendNorm appends a norm, if there is one.
func appendNorm(parts []Named, name string, norm Block) []Named {
	if _, none := norm.(Identity); none {
		return parts
	}
	return append(parts, Named{name, orBatchNorm(norm)})
}

// shifts reports whether a norm adds something to every channel, which makes a
// bias before it redundant. Norms of other packages count as such.
func shifts(norm Block) bool {
	switch norm.(type) {
	case Identity, LocalResponseNorm:
		return false
	}
	return true
}

// norm adds a norm that is not the default.
func (w *words) norm(norm Block) {
	if _, none := norm.(Identity); none {
		w.add("no norm")
	} else if norm != nil && text(norm) != "BatchNorm" {
		w.add("%s", text(norm))
	}
}

func or(s, byDefault string) string {
	if s == "" {
		return byDefault
	}
	return s
}

package blocks

import (
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// UpsampleConv enlarges images by a transposed convolution, a norm and an
// activation, Leaky ReLU of slope 0.2 by default:
//
//	y = act(norm(convTranspose(x)))
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, Scale*H, Scale*W)
//
// Parts are called conv, bn and act, or as Names says. The kernel is twice the scale wide (less
// one at an odd scale), so that every output element has as many contributions
// as its neighbours.
//
// Radford, Metz and Chintala 2015, Unsupervised Representation Learning with
// Deep Convolutional Generative Adversarial Networks, arXiv 1511.06434; Odena,
// Dumoulin and Olah 2016, Deconvolution and Checkerboard Artifacts.
type UpsampleConv struct {
	Out   int                    // channels; required
	Scale int                    // 0 means 2
	Norm  Block                  // nil means BatchNorm{}; Identity{} means none
	Act   activations.Activation // nil means LeakyReLU{Slope: 0.2}; activations.Identity{} means none
	Init  graph.Init             // of the convolution's weight; nil means ConvTranspose2D's
	Names Names                  // of the parts
}

// Build adds the three.
func (u UpsampleConv) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	scale, act := u.complete()
	kernel := times(2, scale) - scale%2
	names := u.Names.complete()
	parts := []Named{{names.Conv, ConvTranspose2D{
		Out: times(u.Out, pieces(act)), Kernel: kernel, Stride: scale, Padding: (kernel - scale) / 2,
		NoBias: shifts(u.Norm), Init: u.Init,
	}}}
	parts = appendAct(appendNorm(parts, names.Norm, u.Norm), names.Act, act)
	return inOrder(s, x, parts)
}

func (u UpsampleConv) complete() (scale int, act activations.Activation) {
	scale, act = u.Scale, u.Act
	if scale == 0 {
		scale = 2
	}
	if act == nil {
		act = activations.LeakyReLU{Slope: 0.2}
	}
	return scale, act
}

// String describes it: "UpsampleConv 64, scale 2, leaky_relu:0.2".
func (u UpsampleConv) String() string {
	scale, act := u.complete()
	w := words{fmt.Sprintf("UpsampleConv %d", u.Out)}
	w.add("scale %d", scale)
	w.norm(u.Norm)
	w.add("%v", act)
	return w.String()
}

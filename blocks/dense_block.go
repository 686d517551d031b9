package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// DenseBlock is a series of layers each of which sees the results of all before
// it, joined along the channels, and adds Growth channels of its own:
//
//	x_l = layer([x_0, x_1, ..., x_(l-1)])
//
// A layer is norm, activation, 1x1 convolution to Width*Growth channels, norm,
// activation, 3x3 convolution to Growth channels, dropout.
//
//	Input:  (N, C, H, W)
//	Output: (N, C + Layers*Growth, H, W)
//
// Layers are called denselayer1, denselayer2, ..., their parts norm1, relu1,
// conv1, norm2, relu2, conv2 and dropout, whatever activation is put in.
//
// Huang, Liu, van der Maaten and Weinberger 2016, Densely Connected
// Convolutional Networks, arXiv 1608.06993.
type DenseBlock struct {
	Growth  int                    // channels that each layer adds; required
	Layers  int                    // required; at most 65536
	Width   int                    // of the 1x1 convolution, in multiples of Growth; 0 means 4; below 0 means no 1x1 convolution
	Norm    Block                  // nil means BatchNorm{}; Identity{} means none
	Act     activations.Activation // nil means ReLU; activations.Identity{} means none
	Dropout float64                // probability; 0 means none, as published; so does a number below 0
	Init    graph.Init             // of the weights; nil means U(-b, b), b = 1/sqrt(fan-in)
}

// Build adds the layers.
func (d DenseBlock) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if d.Growth < 1 || d.Layers < 1 || d.Layers > most {
		return nil, errors.Errorf("dense block: Growth = %d, Layers = %d: want at least 1 of each, and at most %d layers", d.Growth, d.Layers, most)
	}
	if err := wantImages("dense block", x.Shape()); err != nil {
		return nil, err
	}
	seen := gorgonia.Nodes{x}
	for i := range d.Layers {
		all, err := join(seen)
		if err != nil {
			return nil, err
		}
		y, err := s.Build(number("denselayer", i), denseLayer{d}, all)
		if err != nil {
			return nil, err
		}
		seen = gorgonia.Nodes{all, y}
	}
	return join(seen)
}

// denseLayer is one layer of a dense block, on what all before it gave.
type denseLayer struct{ DenseBlock }

func (d denseLayer) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	act, width := orReLU(d.Act), d.Width
	if width == 0 {
		width = 4
	}
	parts := appendNorm(nil, "norm1", d.Norm)
	parts = appendAct(parts, "relu1", act)
	if width > 0 {
		parts = append(parts, Named{"conv1", d.conv(times(times(width, d.Growth), pieces(act)), 1)})
		parts = appendNorm(parts, "norm2", d.Norm)
		parts = append(appendAct(parts, "relu2", act), Named{"conv2", d.conv(d.Growth, 3)})
	} else {
		parts = append(parts, Named{"conv1", d.conv(d.Growth, 3)})
	}
	parts = appendDropout(parts, "dropout", orDropout(d.Dropout, -1))
	return inOrder(s, x, parts)
}

func (d denseLayer) String() string { return fmt.Sprintf("dense layer, growth %d", d.Growth) }

func (d DenseBlock) conv(out, kernel int) Conv2D {
	return Conv2D{Out: out, Kernel: kernel, Padding: Same, NoBias: shifts(d.Norm), Init: d.Init}
}

// String describes it: "DenseBlock of 6, growth 32".
func (d DenseBlock) String() string {
	w := words{fmt.Sprintf("DenseBlock of %d", d.Layers)}
	w.add("growth %d", d.Growth)
	if d.Width < 0 {
		w.add("no 1x1")
	} else if d.Width != 0 && d.Width != 4 {
		w.add("width %d", d.Width)
	}
	w.norm(d.Norm)
	w.act(d.Act, activations.ReLU{})
	if orDropout(d.Dropout, -1) >= 0 {
		w.add("dropout %g", d.Dropout)
	}
	return w.String()
}

// Transition stands between dense blocks: norm, activation, 1x1 convolution,
// 2x2 average pooling.
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, floor(H/2), floor(W/2))
//
// Parts are called norm, relu, conv and pool.
//
// Huang et al. 2016, arXiv 1608.06993, section 3.
type Transition struct {
	Out  int                    // channels; 0 means half the input's
	Norm Block                  // nil means BatchNorm{}; Identity{} means none
	Act  activations.Activation // nil means ReLU; activations.Identity{} means none
	Init graph.Init             // of the weight; nil means U(-b, b), b = 1/sqrt(fan-in)
}

// Build adds the four.
func (t Transition) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if err := wantImages("transition", x.Shape()); err != nil {
		return nil, err
	}
	out := t.Out
	if out == 0 {
		out = max(x.Shape()[1]/2, 1)
	}
	parts := appendAct(appendNorm(nil, "norm", t.Norm), "relu", orReLU(t.Act))
	return inOrder(s, x, append(parts,
		Named{"conv", Conv2D{Out: out, Kernel: 1, NoBias: shifts(t.Norm), Init: t.Init}},
		Named{"pool", AvgPool2D{Kernel: 2}},
	))
}

// String describes it: "Transition", "Transition to 64".
func (t Transition) String() string {
	w := words{"Transition"}
	if t.Out != 0 {
		w[0] = fmt.Sprintf("Transition to %d", t.Out)
	}
	w.norm(t.Norm)
	w.act(t.Act, activations.ReLU{})
	return w.String()
}

package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// InvertedResidual is the unit that is wide inside and narrow at its ends: a 1x1
// convolution expands the channels, a depthwise convolution works on each of
// them, and a 1x1 convolution without activation projects them to Out:
//
//	y = norm(project(act(norm(depthwise(act(norm(expand(x))))))))
//
// plus x where Stride is 1 and x has Out channels. An Expansion of 1 leaves the
// first convolution out.
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, ceil(H/Stride), ceil(W/Stride))
//
// The parts are conv.0 and conv.1, each a convolution 0, a norm 1 and an
// activation 2, then the projection conv.2 and its norm conv.3; without the
// expansion every number after conv is one less.
//
// Sandler, Howard, Zhu, Zhmoginov and Chen 2018, MobileNetV2: Inverted Residuals
// and Linear Bottlenecks, arXiv 1801.04381, section 3.3 and table 1.
type InvertedResidual struct {
	Out       int                    // channels; required
	Expansion int                    // channels inside over channels of the input; 0 means 6
	Kernel    int                    // side of the depthwise kernel, odd; 0 means 3
	Stride    int                    // of the depthwise convolution; 0 means 1
	Act       activations.Activation // nil means ReLU6; activations.Identity{} means none
	Norm      Block                  // nil means BatchNorm{}; Identity{} means none
	Init      graph.Init             // of the convolutions' weights; nil means U(-b, b), b = 1/sqrt(fan-in)
	// StochasticDepth is the probability, in training, that an image skips all but
	// the input itself; what stays is multiplied by 1/(1-p) before the sum. It
	// needs a sum. Default 0.
	StochasticDepth float64
}

// Build adds the unit.
func (r InvertedResidual) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if err := wantImages("inverted residual", x.Shape()); err != nil {
		return nil, err
	}
	r = r.complete()
	if r.Expansion < 1 {
		return nil, errors.Errorf("inverted residual: Expansion = %d, want at least 1", r.Expansion)
	}
	if err := checkDepth(r.StochasticDepth); err != nil {
		return nil, errors.WithMessage(err, "inverted residual")
	}
	channels := x.Shape()[1]
	sum := r.Stride == 1 && r.Out == channels
	if r.StochasticDepth > 0 && !sum {
		return nil, errors.Errorf("inverted residual: stochastic depth needs a sum, there is none from %d to %d channels with stride %d", channels, r.Out, r.Stride)
	}
	body := []Named{{"conv", r.body(channels)}}
	if r.StochasticDepth > 0 && s.Dropout() {
		body = append(body, Named{"stochastic_depth", StochasticDepth{P: r.StochasticDepth}})
	}
	if !sum {
		return inOrder(s, x, body)
	}
	return plus(s, x, body, x)
}

// body is what the input goes past.
func (r InvertedResidual) body(channels int) Sequence {
	inside := times(channels, r.Expansion)
	names := Names{Conv: "0", Norm: "1", Act: "2"}
	var parts Sequence
	if r.Expansion > 1 {
		parts = append(parts, ConvNorm{Out: inside, Kernel: 1, Norm: r.Norm, Act: r.Act, Init: r.Init, Names: names})
	}
	parts = append(parts,
		ConvNorm{Out: inside, Kernel: r.Kernel, Stride: r.Stride, Padding: Same, Groups: inside, Norm: r.Norm, Act: r.Act, Init: r.Init, Names: names},
		Conv2D{Out: r.Out, Kernel: 1, NoBias: shifts(r.Norm), Init: r.Init},
	)
	for _, norm := range appendNorm(nil, "", r.Norm) {
		parts = append(parts, norm.Block)
	}
	return parts
}

func (r InvertedResidual) complete() InvertedResidual {
	r.Stride = orOne(r.Stride)
	if r.Expansion == 0 {
		r.Expansion = 6
	}
	if r.Kernel == 0 {
		r.Kernel = 3
	}
	if r.Act == nil {
		r.Act = activations.ReLU6{}
	}
	return r
}

// String describes it: "InvertedResidual 3x3, 24, expansion 6, stride 2".
func (r InvertedResidual) String() string {
	r = r.complete()
	w := words{fmt.Sprintf("InvertedResidual %s", by([2]int{r.Kernel, r.Kernel}))}
	w.add("%d", r.Out)
	w.add("expansion %d", r.Expansion)
	if r.Stride > 1 {
		w.add("stride %d", r.Stride)
	}
	w.act(r.Act, activations.ReLU6{})
	w.norm(r.Norm)
	if r.StochasticDepth != 0 {
		w.add("stochastic depth %.3g", r.StochasticDepth)
	}
	return w.String()
}

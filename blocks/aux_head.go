package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// AuxHead is an auxiliary classifier: it passes its input on and, in training,
// adds Weight times a loss of its own to what is minimised, so that gradients
// reach the layers before it on a short way.
//
//	logits = fc2(dropout(act(fc1(act(conv(pool(x)))))))
//
//	Input:  (N, C, H, W)
//	Output: x
//
// The zero value (with Classes) is the head of the GoogLeNet paper: 5x5 average
// pooling of stride 3, a 1x1 convolution with bias to 128 channels, 1024
// features, 70 % dropout, loss weight 0.3. Torchvision's has AdaptiveAvgPool2D to
// 4x4 and a batch norm:
//
//	AuxHead{Classes: 1000, Pool: AdaptiveAvgPool2D{Out: 4}, Norm: BatchNorm{}}
//
// Parts are called pool, conv (a ConvNorm with conv and bn, if there is a
// norm), conv_act, fc1, fc1_act, dropout and fc2. The parameters exist in
// inference too, where nothing of the head is computed.
//
// Szegedy et al. 2014, arXiv 1409.4842, section 5.
type AuxHead struct {
	Classes  int                    // required
	Pool     Block                  // nil means AvgPool2D{Kernel: 5, Stride: 3}
	Channels int                    // of the convolution; 0 means 128
	Features int                    // of the hidden layer; 0 means 1024
	Norm     Block                  // after the convolution; nil means none, as published; Identity{} means none in a ConvNorm
	Act      activations.Activation // nil means ReLU; activations.Identity{} means none
	Dropout  float64                // 0 means 0.7; below 0 means none
	Weight   float64                // of the loss; 0 means 0.3

	// Initialisation of weights and biases; nil means the layers' own.
	Init, BiasInit graph.Init
}

func (h AuxHead) complete() AuxHead {
	if h.Pool == nil {
		h.Pool = AvgPool2D{Kernel: 5, Stride: 3}
	}
	if h.Channels == 0 {
		h.Channels = 128
	}
	if h.Features == 0 {
		h.Features = 1024
	}
	h.Act = orReLU(h.Act)
	h.Dropout = orDropout(h.Dropout, 0.7)
	if h.Weight == 0 {
		h.Weight = 0.3
	}
	return h
}

// Build adds the head beside x and returns x.
func (h AuxHead) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if h.Classes < 1 {
		return nil, errors.Errorf("auxiliary head: Classes = %d, want at least 1", h.Classes)
	}
	h = h.complete()
	wide := pieces(h.Act)
	parts := []Named{{"pool", h.Pool}}
	if h.Norm == nil {
		conv := Conv2D{Out: times(h.Channels, wide), Kernel: 1, Init: h.Init, BiasInit: h.BiasInit}
		parts = appendAct(append(parts, Named{"conv", conv}), "conv_act", h.Act)
	} else {
		parts = append(parts, Named{"conv", ConvNorm{Out: h.Channels, Kernel: 1, Norm: h.Norm, Act: h.Act, Init: h.Init, BiasInit: h.BiasInit}})
	}
	parts = append(parts, Named{"fc1", Linear{Out: times(h.Features, wide), Init: h.Init, BiasInit: h.BiasInit}})
	parts = appendAct(parts, "fc1_act", h.Act)
	parts = appendDropout(parts, "dropout", h.Dropout)
	parts = append(parts, Named{"fc2", Linear{Out: h.Classes, Init: h.Init, BiasInit: h.BiasInit}})
	logits, err := inOrder(s, x, parts)
	if err != nil {
		return nil, err
	}
	s.AuxLoss("", logits, h.Weight)
	return x, nil
}

// String describes it: "AuxHead 1000, weight 0.3".
func (h AuxHead) String() string {
	h = h.complete()
	w := words{fmt.Sprintf("AuxHead %d", h.Classes)}
	w.add("weight %g", h.Weight)
	w.act(h.Act, activations.ReLU{})
	return w.String()
}

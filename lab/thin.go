package lab

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// thin is a network of He et al. 2015, section 4.2, of any width: 6n+2 layers for
// small photos, n units at each of three sizes, plain or with shortcuts.
type thin struct {
	depth   int // 6n+2
	width   int // channels of the first size; 16 in the paper
	kind    string
	classes int
}

// The kinds of thin networks, by what goes past a unit's two convolutions F.
const (
	plainKind    = "plain"     // nothing
	residualKind = "residual"  // x
	halfKind     = "half"      // 0.5 x, and 0.5 F
	halfPastKind = "half_past" // 0.5 x, and F
	convKind     = "conv1x1"   // a 1x1 convolution of x, with norm
)

// block is the network: conv1, bn1, relu, layer1.0 to layer3.n-1, avgpool, fc.
func (n thin) block() blocks.Sequence {
	net := blocks.Sequence{blocks.As("", blocks.ConvNorm{
		Out: n.width, Kernel: 3, Padding: 1, Init: graph.HeNormal, Names: blocks.Names{Conv: "conv1", Norm: "bn1", Act: "relu"},
	})}
	for stage := range 3 {
		var units blocks.Sequence
		for i := range (n.depth - 2) / 6 {
			stride := 1
			if stage > 0 && i == 0 {
				stride = 2
			}
			units = append(units, n.unit(n.width<<stage, stride))
		}
		net = append(net, blocks.As(fmt.Sprintf("layer%d", stage+1), units))
	}
	return append(net,
		blocks.As("avgpool", blocks.GlobalAvgPool2D{}),
		blocks.As("fc", blocks.Linear{Out: n.classes, Init: graph.HeNormal, BiasInit: graph.Zeros}))
}

// unit is one unit. Where it changes the shape, the shortcut does so without
// parameters, whatever its kind.
func (n thin) unit(out, stride int) blocks.Block {
	r := blocks.Residual{Out: out, Stride: stride, Init: graph.HeNormal, Shortcut: blocks.IdentityPadding}
	switch n.kind {
	case plainKind:
		r.Shortcut = blocks.NoShortcut
		return r
	case convKind:
		r.Shortcut = blocks.ProjectionAlways
		return r
	case residualKind:
		return r
	}
	// The body is a unit without shortcut and without its last activation, the
	// other branch the same shortcut as a residual unit's.
	body := blocks.Sequence{
		blocks.As("conv1", blocks.Conv2D{Out: out, Kernel: 3, Stride: stride, Padding: 1, NoBias: true, Init: graph.HeNormal}),
		blocks.As("bn1", blocks.BatchNorm{}),
		blocks.As("act1", blocks.Act{}),
		blocks.As("conv2", blocks.Conv2D{Out: out, Kernel: 3, Padding: 1, NoBias: true, Init: graph.HeNormal}),
		blocks.As("bn2", blocks.BatchNorm{}),
	}
	if n.kind == halfKind {
		body = append(body, blocks.As("half", blocks.Scale{Factor: 0.5}))
	}
	past := blocks.Sequence{blocks.As("half", blocks.Scale{Factor: 0.5})}
	if stride > 1 {
		past = append(blocks.Sequence{blocks.As("smaller", shrink{})}, past...)
	}
	return blocks.Sequence{
		blocks.As("sum", blocks.Sum{blocks.As("body", body), blocks.As("shortcut", past)}),
		blocks.As("act2", blocks.Act{Func: activations.ReLU{}}),
	}
}

// small are CIFAR-10's or made-up photos of so many pixels a side.
func (s Settings) small(train, test, side int) (tr, te *datasets.Dataset, name string, err error) {
	if tr, te, name, err = s.photos(train, test); err != nil {
		return nil, nil, "", err
	}
	if tr, err = tr.Resize(side, side); err != nil {
		return nil, nil, "", err
	}
	if te, err = te.Resize(side, side); err != nil {
		return nil, nil, "", err
	}
	return tr, te, fmt.Sprintf("%s, %d images to train on and %d to test, scaled to %dx%d", name, tr.Len(), te.Len(), side, side), nil
}

// tapNorms are the L2 norms of the loss's gradient with respect to the outputs of
// layers after a step of a program that was built with TapGradients.
func tapNorms(p *graph.Program, layers []string) ([]float64, error) {
	norms := make([]float64, len(layers))
	for i, name := range layers {
		g, err := p.TapGradient(name)
		if err != nil {
			return nil, errors.WithMessage(err, name)
		}
		norms[i] = norm(g.Float32s())
	}
	return norms, nil
}

// unitsOf names a thin network's units: layer1.0, layer1.1, ...
func unitsOf(p *graph.Program) (names []string) {
	for _, name := range p.TapNames() {
		if strings.HasPrefix(name, "layer") && strings.Count(name, ".") == 1 {
			names = append(names, name)
		}
	}
	return names
}

// Package architectures has whole networks under their published names.
//
// Lookup finds one by name; New builds its structure, with other numbers of
// classes, activations or norms where wanted:
//
//	a, err := architectures.Lookup("resnet18")
//	net, err := a.New(architectures.Options{Classes: 10, Act: activations.ELU{Alpha: 1}})
//
// Parameters have torchvision's names where torchvision has the network, and
// start as its papers or torchvision say.
package architectures

import (
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/imaging"
)

// Architecture is a network that the package knows.
type Architecture struct {
	Name    string        // "resnet50"
	Title   string        // "ResNet-50"
	Paper   string        // authors, year, arXiv identifier, section
	Input   imaging.Shape // usual image
	MinSize int           // smallest height and width that it can process
	Classes int           // as published
	Params  int           // learnable elements at the usual input and Classes

	// Normalization is that of the images which the published network, and
	// published weights for it, were trained on.
	Normalization imaging.Normalization

	aliases  []string
	residual bool                   // has units that stochastic depth may drop
	act      activations.Activation // as published; nil means ReLU
	body     func(Options) (blocks.Block, error)
}

// New returns the network's structure. Options that it can't have are an error.
func (a Architecture) New(o Options) (net blocks.Block, err error) {
	defer func() { // an activation of one's own is asked for its width
		if r := recover(); r != nil {
			net, err = nil, errors.Errorf("%s: panic: %v", a.Name, r)
		}
	}()
	if a.body == nil {
		return nil, errors.New("architecture without a body, want one of Lookup or All")
	}
	if o.Classes == 0 {
		o.Classes = a.Classes
	}
	if o.Act == nil {
		o.Act = a.act
	}
	if o.Act == nil {
		o.Act = activations.ReLU{}
	}
	if err := o.check(); err != nil {
		return nil, errors.WithMessage(err, a.Name)
	}
	if o.StochasticDepth > 0 && !a.residual {
		return nil, errors.Errorf("%s: stochastic depth is %v, but the network has no residual units to drop", a.Name, o.StochasticDepth)
	}
	body, err := a.body(o)
	if err != nil {
		return nil, errors.WithMessage(err, a.Name)
	}
	return Network{Architecture: a, Body: body}, nil
}

// number names the i-th part of its kind: layer1.
func number(name string, i int) string { return name + strconv.Itoa(i) }

// families are the registered networks, a line a file.
var families = [][]Architecture{
	lenet,
	alexnet, alexnetPaper,
	vgg,
	googlenet, googlenetPaper,
	resnet,
	cifarResNet,
	mobileNetV2,
	airbench,
}

// All lists every architecture, family by family. The list and what it holds are
// the caller's own.
func All() []Architecture {
	all := slices.Concat(families...)
	for i := range all {
		n := &all[i].Normalization
		n.Mean, n.Std = slices.Clone(n.Mean), slices.Clone(n.Std)
	}
	return all
}

// Names lists the names of All.
func Names() []string {
	var names []string
	for _, a := range All() {
		names = append(names, a.Name)
	}
	return names
}

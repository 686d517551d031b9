package main

import (
	"github.com/pkg/errors"
	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// network is the choice of a network that most commands share.
type network struct {
	arch       string
	activation string
	classes    int
	input      string
}

func (n *network) flags(f *pflag.FlagSet, arch string) {
	networkFlags(f, &n.arch, &n.activation, &n.input, arch)
}

func networkFlags(f *pflag.FlagSet, arch, activation, input *string, usual string) {
	f.StringVar(arch, "arch", usual, "architecture, see 'demo list'")
	f.StringVar(activation, "activation", "", "replaces the architecture's own activation, such as leaky_relu:0.1")
	f.StringVar(input, "input", "", "image size as CHANNELSxHEIGHTxWIDTH (default the architecture's own)")
}

// build returns the architecture, the network and the size of its images.
func (n *network) build() (architectures.Architecture, graph.Block, imaging.Shape, error) {
	a, err := architectures.Lookup(n.arch)
	if err != nil {
		return a, nil, a.Input, err
	}
	size := a.Input
	if n.input != "" {
		if size, err = imaging.ParseShape(n.input); err != nil {
			return a, nil, size, errors.WithMessage(err, "--input")
		}
	}
	o := architectures.Options{Classes: n.classes}
	if n.activation != "" {
		if o.Act, err = activations.Lookup(n.activation); err != nil {
			return a, nil, size, errors.Wrap(err, "--activation")
		}
	}
	net, err := a.New(o)
	return a, net, size, err
}

// program builds the network, with parameters that nobody has filled, to be looked
// at.
func (n *network) program(batch int, train bool, passes compiling) (architectures.Architecture, imaging.Shape, *graph.Program, error) {
	a, net, size, err := n.build()
	if err != nil {
		return a, size, nil, err
	}
	cfg := graph.InferenceConfig(size.WithBatch(batch)...)
	if train {
		cfg = graph.TrainingConfig(size.WithBatch(batch)...)
	}
	passes.set(&cfg)
	p, err := graph.Build(net, graph.NewParams(0, graph.Uninitialized()), cfg)
	return a, size, p, err
}

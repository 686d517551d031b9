// Package architectures has whole networks under their published names.
//
// Lookup finds one by name; New builds its structure, with other numbers of
// classes, activations or norms where wanted:
//
//	a, err := architectures.Lookup("resnet18")
//	net, err := a.New(architectures.Options{Classes: 10, Act: activations.ELU(1)})
//
// Parameters have torchvision's names where torchvision has the network, and
// start as its papers or torchvision say.
package architectures

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// Architecture is a network that the package knows.
type Architecture struct {
	Name    string // "resnet50"
	Title   string // "ResNet-50"
	Paper   string // authors, year, arXiv identifier, section
	Input   [3]int // usual image: channels, height, width
	MinSize int    // smallest height and width that it can process
	Classes int    // as published
	Params  int    // learnable elements at the usual input and Classes

	// Mean and Std normalise pixels in [0, 1], a number a channel.
	Mean, Std []float64

	aliases []string
	body    func(Options) (blocks.Block, error)
}

// Options are what may be changed in an architecture. The zero value is the
// network as published.
type Options struct {
	Classes int                    // 0 means as published
	Act     activations.Activation // replaces every ReLU; nil means ReLU
	Norm    blocks.Block           // replaces every batch norm; blocks.Identity{} is none, nil means batch norm
	Dropout float64                // probability of the dropout layers; 0 means as published, -1 none
}

// New returns the network's structure. Options that it can't have are an error.
func (a Architecture) New(o Options) (blocks.Block, error) {
	if o.Classes == 0 {
		o.Classes = a.Classes
	}
	switch {
	case o.Classes < 1:
		return nil, errors.Errorf("%s: %d classes, want at least 1", a.Name, o.Classes)
	case o.Dropout >= 1:
		return nil, errors.Errorf("%s: dropout probability is %v, want less than 1", a.Name, o.Dropout)
	}
	if o.Act == nil {
		o.Act = activations.ReLU
	}
	body, err := a.body(o)
	if err != nil {
		return nil, errors.Wrap(err, a.Name)
	}
	return Network{Architecture: a, Body: body}, nil
}

// dropout is the layer of a network that was published with probability p.
func (o Options) dropout(p float64) blocks.Dropout {
	switch {
	case o.Dropout < 0:
		p = 0
	case o.Dropout > 0:
		p = o.Dropout
	}
	return blocks.Dropout{P: p}
}

// width is how many outputs a layer needs for the activation after it to
// leave n.
func (o Options) width(n int) int { return n * max(o.Act.Pieces(), 1) }

// act is the activation as a layer.
func (o Options) act() blocks.Act { return blocks.Act{Func: o.Act} }

// auxDropout is dropout as auxiliary heads take it.
func (o Options) auxDropout(p float64) float64 {
	if p = o.dropout(p).P; p == 0 {
		return -1
	}
	return p
}

// norm is the norm of a network that was published with the one given.
func (o Options) norm(published blocks.Block) blocks.Block {
	if o.Norm == nil {
		return published
	}
	return o.Norm
}

// Mean and deviation of ImageNet's pixels, channel by channel.
var (
	imagenetMean = []float64{0.485, 0.456, 0.406}
	imagenetStd  = []float64{0.229, 0.224, 0.225}
)

// number names the i-th part of its kind: layer1.
func number(name string, i int) string { return name + strconv.Itoa(i) }

// Network is a built architecture.
type Network struct {
	Architecture Architecture
	Body         blocks.Block
}

// Build builds the body. An image that is too small is an error that names the
// layer it does not fit and the smallest size that fits everywhere.
func (n Network) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	a, shape := n.Architecture, x.Shape()
	if len(shape) != 4 {
		return nil, errors.Errorf("%s: input has shape %v, want images (N, C, H, W)", a.Name, shape)
	}
	y, err := n.Body.Build(s, x)
	if err != nil && min(shape[2], shape[3]) < a.MinSize {
		return nil, errors.Wrapf(err, "%s takes images of %dx%d or larger, got %dx%d", a.Name, a.MinSize, a.MinSize, shape[2], shape[3])
	}
	return y, err
}

// Kind is the architecture's title.
func (n Network) Kind() string { return n.Architecture.Title }

// String lists the layers.
func (n Network) String() string { return fmt.Sprintf("%s: %v", n.Architecture.Title, n.Body) }

// families are the registered networks, a line a file.
var families = [][]Architecture{
	lenet,
	alexnet, alexnetPaper,
	vgg,
	googlenet, googlenetPaper,
	resnet,
	cifarResNet,
}

// All lists every architecture, family by family.
func All() []Architecture { return slices.Concat(families...) }

// Names lists the names of All.
func Names() []string {
	var names []string
	for _, a := range All() {
		names = append(names, a.Name)
	}
	return names
}

// Lookup returns the architecture of that name. Case, hyphens and underscores
// don't matter, and there are aliases: "ResNet-50", "alexnet_2012". An unknown
// name is an error that suggests the nearest known one.
func Lookup(name string) (Architecture, error) {
	key, best, least := fold(name), "", 0
	for _, a := range All() {
		for _, known := range append([]string{a.Name}, a.aliases...) {
			d := edits(key, fold(known))
			if d == 0 {
				return a, nil
			}
			if best == "" || d < least {
				best, least = a.Name, d
			}
		}
	}
	return Architecture{}, errors.Errorf("unknown architecture %q; did you mean %s? `demo list` lists all %d", name, best, len(All()))
}

// fold takes the differences from a name that don't matter.
func fold(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// edits counts the letters to insert, delete or replace that turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1) // distances of a[:i] to every b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d++
			}
			diagonal = row[j+1]
			row[j+1] = min(d, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

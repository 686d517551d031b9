package graph

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/channelslast"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The layouts of images.
const (
	Planes       = "NCHW"          // (N, C, H, W): a channel after the other
	ChannelsLast = "channels last" // (N, H, W, C): a pixel after the other
)

// told is what drawings, tables and profiles tell of an operation of this
// module.
type told struct {
	op.Told
	attributes string       // the operation with every setting
	layout     string       // of the result; empty where it is no image
	shape      tensor.Shape // (N, C, H, W) of images, however they lie
	algorithm  string       // empty: the operation has one only
	converts   bool         // it only lays images out otherwise
}

func tell(n *gorgonia.Node) told {
	o := op.Of(n)
	does := o.Operation()
	t := told{Told: op.Told{Name: does.Name(), Type: fmt.Sprintf("%T", does)}, attributes: o.String()}
	if s, ok := does.(op.Teller); ok {
		t.Told = s.Tell()
		t.attributes = t.Name + "{" + t.Settings + "}"
	}
	t.layout, t.shape = layoutOf(n)
	if a, ok := does.(interface{ Algorithm() string }); ok {
		t.algorithm = a.Algorithm()
	}
	if in := o.Inputs(); len(in) == 1 {
		from, _ := layoutOf(in[0])
		t.converts = from != "" && t.layout != "" && from != t.layout
	}
	return t
}

// layoutOf is how a value lies, and the shape of what it is.
func layoutOf(n *gorgonia.Node) (string, tensor.Shape) {
	if image, ok := channelslast.Of(n); ok {
		return ChannelsLast, image.Shape()
	}
	if n.Dims() == 4 {
		return Planes, n.Shape().Clone()
	}
	return "", n.Shape().Clone()
}

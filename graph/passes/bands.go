package passes

import (
	"github.com/stheno-ml/stheno/internal/channelslast"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// bands makes one operation of a depthwise convolution and the 1×1 convolutions
// around it: band by band, what lies between them is read while it is in the
// cache, and never goes to memory. That is done where it would not stay in the
// cache otherwise.
var bands = Pass{
	Name:      "bands",
	Purpose:   "run depthwise convolutions and the 1×1 ones around them band by band, so that what lies between stays in the cache",
	Inference: true,
	run:       bySweep(func(s *sweep) rule { return s.bands }),
}

func (s *sweep) bands(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	// What it reads may have been made anew, so that n has to be.
	m, err := again(n, in)
	if err != nil {
		return nil, err
	}
	s.reads[m] = s.reads[n]
	last, ok := channelslast.Of(m)
	if !ok {
		return m, nil
	}
	y, ok, err := channelslast.Separable(last, func(x *gorgonia.Node) bool { return s.reads[x] == 1 })
	if err != nil || !ok {
		return m, err
	}
	joined := "depthwise and 1×1"
	if op.Of(y.Node).Operation().(interface{ Expands() bool }).Expands() {
		joined = "1×1, depthwise and 1×1"
	}
	s.note(y.Node, n, "%s convolutions in bands", joined)
	return y.Node, nil
}

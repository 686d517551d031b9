package main

import (
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Gated is a block: a convolution with a gate of its own at every element,
//
//	y = act(conv(x)) * sigmoid(gate(x))
//
//	Input:  (N, C, H, W)
//	Output: (N, Out, H, W)
//
// Parameters: conv.weight, conv.bias, gate.weight, gate.bias. After Dauphin et
// al. 2016, Language Modeling with Gated Convolutional Networks,
// arXiv:1612.08083.
type Gated struct {
	Out    int // channels; required
	Kernel int // 0 means 3
	Act    activations.Activation
}

// String is the line that summaries and drawings show.
func (b Gated) String() string { return fmt.Sprintf("Gated %d", b.Out) }

// Build adds the block to the graph. Errors need not say where: the scope adds
// the path.
func (b Gated) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if b.Kernel == 0 {
		b.Kernel = 3
	}
	conv := blocks.Conv2D{Out: b.Out, Kernel: b.Kernel, Padding: blocks.Same}
	y, err := s.Build("conv", conv, x)
	if err != nil {
		return nil, err
	}
	if b.Act != nil {
		if y, err = b.Act.Apply(y); err != nil {
			return nil, err
		}
	}
	gate, err := s.Build("gate", conv, x)
	if err != nil {
		return nil, err
	}
	if gate, err = ops.Activate(gate, ops.Sigmoid); err != nil {
		return nil, err
	}
	return ops.Mul(y, gate)
}

var _ graph.Block = Gated{}

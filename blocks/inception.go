package blocks

import (
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// Inception is the module of GoogLeNet: four branches side by side, joined along
// the channels.
//
//	branch1: 1x1 convolution to Out1
//	branch2: 1x1 convolution to Reduce3, 3x3 convolution to Out3
//	branch3: 1x1 convolution to Reduce5, 5x5 convolution to Out5
//	branch4: 3x3 max pooling, 1x1 convolution to OutPool
//
// with an activation after every convolution, and before it a norm, if there is
// one.
//
//	Input:  (N, C, H, W)
//	Output: (N, Out1 + Out3 + Out5 + OutPool, H, W)
//
// Norm decides about the parts' names, which are those of published weights.
// Without one, as in the paper, convolutions have biases, and parts are called
// branch1, branch2_reduce, branch2, branch3_reduce, branch3, branch4_pool and
// branch4; an activation that learns has its convolution's name with _act. With
// one they are torchvision's: branch1, branch2.0, branch2.1, branch3.0,
// branch3.1, branch4.0 (the pooling) and branch4.1, each a ConvNorm with conv,
// bn and act.
//
// Szegedy et al. 2014, Going Deeper with Convolutions, arXiv 1409.4842,
// figure 2(b) and table 1; with batch norm Ioffe and Szegedy 2015,
// arXiv 1502.03167.
type Inception struct {
	Out1    int // #1x1; this and all that follow are required
	Reduce3 int // #3x3 reduce
	Out3    int // #3x3
	Reduce5 int // #5x5 reduce
	Out5    int // #5x5
	OutPool int // pool proj

	// Kernel5 is the kernel of the branch that has 5x5 in the paper; 0 means
	// 5. Torchvision's weights have 3.
	Kernel5 int

	Norm     Block                  // nil means none, as published; Identity{} means none under torchvision's names
	Act      activations.Activation // nil means ReLU; activations.Identity{} means none
	Init     graph.Init             // of the weights; nil means U(-b, b), b = 1/sqrt(fan-in)
	BiasInit graph.Init             // of the biases, where there are any; nil means the same range
}

// Build adds the branches.
func (m Inception) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if m.Norm == nil {
		return branches(s, x, m.published())
	}
	conv := func(out, kernel int) Block {
		return ConvNorm{Out: out, Kernel: kernel, Padding: Same, Norm: m.Norm, Act: m.Act, Init: m.Init, BiasInit: m.BiasInit}
	}
	return branches(s, x, [][]Named{
		{{"branch1", conv(m.Out1, 1)}},
		{{"branch2", Sequence{conv(m.Reduce3, 1), conv(m.Out3, 3)}}},
		{{"branch3", Sequence{conv(m.Reduce5, 1), conv(m.Out5, m.kernel5())}}},
		{{"branch4", Sequence{inceptionPool, conv(m.OutPool, 1)}}},
	})
}

// published are the branches of the module without norms.
func (m Inception) published() [][]Named {
	act := orReLU(m.Act)
	conv := func(parts []Named, name string, out, kernel int) []Named {
		c := Conv2D{Out: times(out, pieces(act)), Kernel: kernel, Padding: Same, Init: m.Init, BiasInit: m.BiasInit}
		return appendAct(append(parts, Named{name, c}), name+"_act", act)
	}
	return [][]Named{
		conv(nil, "branch1", m.Out1, 1),
		conv(conv(nil, "branch2_reduce", m.Reduce3, 1), "branch2", m.Out3, 3),
		conv(conv(nil, "branch3_reduce", m.Reduce5, 1), "branch3", m.Out5, m.kernel5()),
		conv([]Named{{"branch4_pool", inceptionPool}}, "branch4", m.OutPool, 1),
	}
}

func (m Inception) kernel5() int {
	if m.Kernel5 == 0 {
		return 5
	}
	return m.Kernel5
}

// inceptionPool keeps the image's size, so that the branches fit together.
var inceptionPool = MaxPool2D{Kernel: 3, Stride: 1, Padding: 1}

// branches builds chains on one input and joins their results.
func branches(s *graph.Scope, x *gorgonia.Node, list [][]Named) (*gorgonia.Node, error) {
	out := make(gorgonia.Nodes, len(list))
	for i, b := range list {
		y, err := inOrder(s, x, b)
		if err != nil {
			return nil, err
		}
		out[i] = y
	}
	return join(out)
}

// String describes it by the columns of the paper's table 1:
// "Inception 64, 96-128, 16-32, 32, BatchNorm".
func (m Inception) String() string {
	w := words{fmt.Sprintf("Inception %d, %d-%d, %d-%d, %d", m.Out1, m.Reduce3, m.Out3, m.Reduce5, m.Out5, m.OutPool)}
	if k := m.kernel5(); k != 5 {
		w.add("%s for 5x5", by([2]int{k, k}))
	}
	if m.Norm != nil {
		w.add("%s", text(m.Norm))
	}
	w.act(m.Act, activations.ReLU{})
	return w.String()
}

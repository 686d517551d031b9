package blocks_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
)

// A residual unit with a body of one's own, and the activation after it.
func ExampleSum() {
	body := blocks.Sequence{blocks.Conv2D{Out: 8, Kernel: 3, Padding: blocks.Same}, blocks.Act{}, blocks.Conv2D{Out: 8, Kernel: 1}}
	net := blocks.Sequence{blocks.Sum{body, blocks.Identity{}}, blocks.Act{Func: activations.ELU{}}}
	fmt.Println(net)
	describe(net, 1, 8, 6, 6)
	// Output:
	// Sequence {
	//   0: Sum {
	//     0: Sequence {
	//       0: Conv2D 3x3, 8, same padding
	//       1: relu
	//       2: Conv2D 1x1, 8
	//     }
	//     1: Identity
	//   }
	//   1: elu
	// }
	// (1, 8, 6, 6) 656
}

// What goes past a residual unit's body, and what it costs.
func ExampleShortcut() {
	for _, s := range []blocks.Shortcut{blocks.Projection, blocks.IdentityPadding, blocks.ProjectionAlways, blocks.NoShortcut} {
		fmt.Print(s, ": ")
		describe(blocks.Residual{Out: 16, Stride: 2, Shortcut: s}, 1, 8, 6, 6)
	}
	// Output:
	// projection: (1, 16, 3, 3) 3680
	// identity padding: (1, 16, 3, 3) 3520
	// projection always: (1, 16, 3, 3) 3680
	// no shortcut: (1, 16, 3, 3) 3520
}

// The first layers of torchvision's ResNet, which have no name of their own.
func ExampleNames() {
	params := graph.NewParams(1)
	stem := blocks.As("", blocks.ConvNorm{Out: 64, Kernel: 7, Stride: 2, Padding: 3, Names: blocks.Names{Conv: "conv1", Norm: "bn1"}})
	if _, err := graph.Build(stem, params, graph.InferenceConfig(1, 3, 32, 32)); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range params.All() {
		fmt.Println(p.Name, p.Value.Shape())
	}
	// Output:
	// conv1.weight (64, 3, 7, 7)
	// bn1.weight (64)
	// bn1.bias (64)
	// bn1.running_mean (64)
	// bn1.running_var (64)
}

// The same name in a Sequence: the element is "head", not "1".
func ExampleNamed() {
	fmt.Println(blocks.Sequence{blocks.Flatten{}, blocks.Named{Name: "head", Block: blocks.Linear{Out: 10}}})
	// Output:
	// Sequence {
	//   0: Flatten
	//   head: Linear 10
	// }
}

// An auxiliary loss in the middle of a network: it adds to what training
// minimises and leaves the network's output alone.
func ExampleAuxHead() {
	net := blocks.Sequence{
		blocks.ConvNorm{Out: 16, Kernel: 3, Padding: blocks.Same},
		blocks.As("aux", blocks.AuxHead{Classes: 10, Channels: 8, Features: 32}),
		blocks.GlobalAvgPool2D{},
		blocks.Linear{Out: 10},
	}
	program, err := graph.Build(net, graph.NewParams(1), graph.TrainingConfig(2, 3, 8, 8))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	for _, p := range program.Parts() {
		fmt.Println(p.Name, p.Weight)
	}
	// Output:
	// main 1
	// aux 0.3
}

func ExampleDepthwiseSeparable() {
	describe(blocks.DepthwiseSeparable{Out: 64, Stride: 2}, 1, 32, 16, 16)
	// Output: (1, 64, 8, 8) 2528
}

func ExampleInvertedResidual() {
	describe(blocks.InvertedResidual{Out: 24, Stride: 2}, 1, 16, 16, 16)
	// Output: (1, 24, 8, 8) 5136
}

func ExampleMaxoutLinear() {
	describe(blocks.MaxoutLinear{Out: 240, Pieces: 5}, 1, 784)
	// Output: (1, 240) 942000
}

func ExampleMaxoutConv() {
	describe(blocks.MaxoutConv{Out: 16, Kernel: 3, Padding: blocks.Same}, 1, 8, 10, 10)
	// Output: (1, 16, 10, 10) 2336
}

func ExampleTransition() {
	describe(blocks.Transition{}, 1, 256, 28, 28)
	// Output: (1, 128, 14, 14) 33280
}

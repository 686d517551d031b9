package blocks_test

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// describe builds a block for inference on one image, and prints the output's
// shape and the number of parameters.
func describe(b blocks.Block, shape ...int) {
	params := graph.NewParams(1)
	program, err := graph.Build(b, params, graph.InferenceConfig(shape...))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	y, err := program.Run(context.Background(), make([]float32, program.Config().Input.TotalSize()))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y.Shape(), params.Count())
}

// A small residual network for CIFAR-10.
func Example() {
	net := blocks.Sequence{
		blocks.ConvNorm{Out: 16, Kernel: 3, Padding: blocks.Same, Act: activations.ReLU{}},
		blocks.Repeat(3, blocks.Residual{Out: 16, Act: activations.ELU{Alpha: 1}}),
		blocks.Residual{Out: 32, Stride: 2, Shortcut: blocks.IdentityPadding},
		blocks.GlobalAvgPool2D{},
		blocks.Linear{Out: 10},
	}
	fmt.Println(net)
	describe(net, 1, 3, 32, 32)
	// Output:
	// Sequence {
	//   0: ConvNorm 3x3, 16, same padding, relu
	//   1: Sequence {
	//     0: Residual 16, elu:1
	//     1: Residual 16, elu:1
	//     2: Residual 16, elu:1
	//   }
	//   2: Residual 32, stride 2, identity padding
	//   3: GlobalAvgPool2D
	//   4: Linear 10
	// }
	// (1, 10) 28762
}

// As names a block and everything inside of it.
func ExampleAs() {
	params := graph.NewParams(1)
	net := blocks.As("layer1", blocks.Sequence{blocks.As("conv1", blocks.Conv2D{Out: 8, Kernel: 3}), blocks.BatchNorm{}})
	if _, err := graph.Build(net, params, graph.InferenceConfig(1, 3, 8, 8)); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range params.All() {
		fmt.Println(p.Name, p.Value.Shape())
	}
	// Output:
	// layer1.conv1.weight (8, 3, 3, 3)
	// layer1.conv1.bias (8)
	// layer1.1.weight (8)
	// layer1.1.bias (8)
	// layer1.1.running_mean (8)
	// layer1.1.running_var (8)
}

// A block of your own is a type with the method Build, or a function.
func ExampleBlock() {
	double := graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := s.Build("conv", blocks.Conv2D{Out: x.Shape()[1], Kernel: 3, Padding: blocks.Same}, x)
		if err != nil {
			return nil, err
		}
		return activations.ELU{Alpha: 1}.Apply(y)
	})
	describe(blocks.Sum{double, blocks.Identity{}}, 1, 8, 6, 6)
	// Output: (1, 8, 6, 6) 584
}

// What cannot be built says where it is, what it found and what it wanted.
func ExampleSequence() {
	net := blocks.Sequence{blocks.As("layer2", blocks.Sequence{blocks.As("conv1", blocks.Conv2D{Out: 64, Kernel: 3, Groups: 48})})}
	_, err := graph.Build(net, graph.NewParams(1), graph.InferenceConfig(1, 64, 8, 8))
	fmt.Println(err)
	// Output: layer2.conv1: conv2d: input has 64 channels, groups = 48 does not divide it
}

func ExampleRepeat() {
	fmt.Println(blocks.Repeat(2, blocks.MaxoutLinear{Out: 240, Pieces: 5}))
	// Output:
	// Sequence {
	//   0: MaxoutLinear 240, 5 pieces
	//   1: MaxoutLinear 240, 5 pieces
	// }
}

func ExampleParallel() {
	describe(blocks.Parallel{
		blocks.Conv2D{Out: 8, Kernel: 1},
		blocks.As("wide", blocks.Conv2D{Out: 4, Kernel: 5, Padding: 2}),
		blocks.MaxPool2D{Kernel: 3, Stride: 1, Padding: blocks.Same},
	}, 1, 3, 10, 10)
	// Output: (1, 15, 10, 10) 336
}

func ExampleConv2D() {
	describe(blocks.Conv2D{Out: 64, Kernel: 7, Stride: 2, Padding: 3}, 1, 3, 224, 224)
	// Output: (1, 64, 112, 112) 9472
}

func ExampleConvNorm() {
	describe(blocks.ConvNorm{Out: 32, Kernel: 3, Padding: blocks.Same, Act: activations.SiLU{}}, 1, 3, 20, 20)
	// Output: (1, 32, 20, 20) 928
}

// The unit of ResNet-18, its plain counterpart, and the one with
// pre-activation.
func ExampleResidual() {
	describe(blocks.Residual{Out: 128, Stride: 2}, 1, 64, 14, 14)
	describe(blocks.Residual{Out: 128, Stride: 2, Shortcut: blocks.NoShortcut}, 1, 64, 14, 14)
	describe(blocks.Residual{Out: 128, Stride: 2, PreActivation: true}, 1, 64, 14, 14)
	// Output:
	// (1, 128, 7, 7) 230144
	// (1, 128, 7, 7) 221696
	// (1, 128, 7, 7) 229760
}

// The units of ResNet-50, ResNeXt-50 32x4d and Wide ResNet-50-2.
func ExampleBottleneck() {
	describe(blocks.Bottleneck{Out: 256}, 1, 256, 7, 7)
	describe(blocks.Bottleneck{Out: 256, Width: 128, Groups: 32}, 1, 256, 7, 7)
	describe(blocks.Bottleneck{Out: 256, Width: 128}, 1, 256, 7, 7)
	// Output:
	// (1, 256, 7, 7) 70400
	// (1, 256, 7, 7) 71168
	// (1, 256, 7, 7) 214016
}

// Module 3a of GoogLeNet, as published and with batch norm.
func ExampleInception() {
	describe(blocks.Inception{Out1: 64, Reduce3: 96, Out3: 128, Reduce5: 16, Out5: 32, OutPool: 32}, 1, 192, 28, 28)
	describe(blocks.Inception{Out1: 64, Reduce3: 96, Out3: 128, Reduce5: 16, Out5: 32, OutPool: 32, Norm: blocks.BatchNorm{}}, 1, 192, 28, 28)
	// Output:
	// (1, 256, 28, 28) 163696
	// (1, 256, 28, 28) 164064
}

// Squeeze-and-excitation at the end of a residual unit's body.
func ExampleSqueezeExcite() {
	body := blocks.Sequence{
		blocks.ConvNorm{Out: 64, Kernel: 3, Padding: blocks.Same},
		blocks.ConvNorm{Out: 64, Kernel: 3, Padding: blocks.Same, Act: activations.Identity{}},
		blocks.SqueezeExcite{},
	}
	describe(blocks.Sequence{blocks.Sum{body, blocks.Identity{}}, blocks.Act{}}, 1, 64, 8, 8)
	// Output: (1, 64, 8, 8) 74564
}

func ExampleDenseBlock() {
	describe(blocks.Sequence{blocks.DenseBlock{Growth: 32, Layers: 6}, blocks.Transition{}}, 1, 64, 14, 14)
	// Output: (1, 128, 7, 7) 368320
}

func ExampleUpsampleConv() {
	describe(blocks.Repeat(2, blocks.UpsampleConv{Out: 16}), 1, 16, 8, 8)
	// Output: (1, 16, 32, 32) 8256
}

package blocks_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
)

// An activation after a layer; without one given it is ReLU.
func ExampleAct() {
	net := blocks.Sequence{blocks.Linear{Out: 20}, blocks.Act{}, blocks.Linear{Out: 20}, blocks.Act{Func: activations.PReLU{}}}
	fmt.Println(net)
	describe(net, 1, 10)
	// Output:
	// Sequence {
	//   0: Linear 20
	//   1: relu
	//   2: Linear 20
	//   3: prelu
	// }
	// (1, 20) 641
}

func ExampleAdaptiveAvgPool2D() {
	describe(blocks.AdaptiveAvgPool2D{Out: 7}, 1, 64, 20, 24)
	describe(blocks.AdaptiveAvgPool2D{OutHW: [2]int{1, 6}}, 1, 64, 20, 24)
	// Output:
	// (1, 64, 7, 7) 0
	// (1, 64, 1, 6) 0
}

func ExampleAvgPool2D() {
	describe(blocks.AvgPool2D{Kernel: 3, Stride: 2, Padding: 1}, 1, 16, 14, 14)
	// Output: (1, 16, 7, 7) 0
}

func ExampleMaxPool2D() {
	describe(blocks.MaxPool2D{Kernel: 3, Stride: 2}, 1, 16, 14, 14)
	describe(blocks.MaxPool2D{Kernel: 3, Stride: 2, CeilMode: true}, 1, 16, 14, 14)
	// Output:
	// (1, 16, 6, 6) 0
	// (1, 16, 7, 7) 0
}

func ExampleGlobalAvgPool2D() {
	describe(blocks.GlobalAvgPool2D{}, 1, 512, 7, 7)
	// Output: (1, 512) 0
}

// Statistics of the batch in training, running averages in inference.
func ExampleBatchNorm() {
	params := graph.NewParams(1)
	if _, err := graph.Build(blocks.As("bn", blocks.BatchNorm{Eps: 1e-3}), params, graph.InferenceConfig(1, 16, 8, 8)); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range params.All() {
		fmt.Println(p.Name, p.Value.Shape(), p.Learnable)
	}
	// Output:
	// bn.weight (16) true
	// bn.bias (16) true
	// bn.running_mean (16) false
	// bn.running_var (16) false
}

// The norm of AlexNet.
func ExampleLocalResponseNorm() {
	fmt.Println(blocks.LocalResponseNorm{})
	describe(blocks.LocalResponseNorm{}, 1, 96, 27, 27)
	// Output:
	// LocalResponseNorm 5, alpha 0.0005, beta 0.75, k 2
	// (1, 96, 27, 27) 0
}

func ExampleConvTranspose2D() {
	describe(blocks.ConvTranspose2D{Out: 8, Kernel: 4, Stride: 2, Padding: 1}, 1, 16, 7, 7)
	// Output: (1, 8, 14, 14) 2056
}

// Dropout acts in training alone. Its probability is 0.5 where none is given;
// below 0 there is none.
func ExampleDropout() {
	fmt.Println(blocks.Dropout{}, "|", blocks.Dropout{P: 0.2}, "|", blocks.Dropout{P: -1})
	describe(blocks.Dropout{}, 1, 100)
	// Output:
	// Dropout 0.5 | Dropout 0.2 | no dropout
	// (1, 100) 0
}

func ExampleFlatten() {
	describe(blocks.Flatten{}, 1, 16, 5, 5)
	// Output: (1, 400) 0
}

// A unit without a norm.
func ExampleIdentity() {
	describe(blocks.ConvNorm{Out: 4, Kernel: 3, Norm: blocks.Identity{}}, 1, 3, 8, 8)
	// Output: (1, 4, 6, 6) 112
}

func ExampleLinear() {
	describe(blocks.Linear{Out: 10}, 1, 16, 5, 5)
	describe(blocks.Linear{Out: 10, NoBias: true}, 1, 400)
	// Output:
	// (1, 10) 4010
	// (1, 10) 4000
}

// A kernel that is wider than high, with the padding that keeps the size.
func ExampleConv2D_rectangle() {
	describe(blocks.Conv2D{Out: 8, KernelHW: [2]int{1, 7}, Padding: blocks.Same}, 1, 8, 17, 17)
	// Output: (1, 8, 17, 17) 456
}

package architectures_test

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
)

func ExampleLookup() {
	a, err := architectures.Lookup("ResNet-20")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %d parameters, images %v, %d classes\n", a.Title, a.Params, a.Input, a.Classes)
	_, err = architectures.Lookup("resnet51")
	fmt.Println(err)
	// Output:
	// ResNet-20 for CIFAR: 269722 parameters, images 3x32x32, 10 classes
	// unknown architecture "resnet51"; did you mean "resnet50"? Known are 35 names
}

func ExampleArchitecture_New() {
	a, err := architectures.Lookup("resnet18")
	if err != nil {
		fmt.Println(err)
		return
	}
	net, err := a.New(architectures.Options{Classes: 10, Act: activations.ELU{Alpha: 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	eval, err := graph.Build(net, graph.NewParams(1), graph.InferenceConfig(1, 3, 64, 64))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer eval.Close()
	logits, err := eval.Run(context.Background(), make([]float32, 3*64*64))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(logits.Shape())
	// Output: (1, 10)
}

func ExampleNetwork_Build() {
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		fmt.Println(err)
		return
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = graph.Build(net, graph.NewParams(1), graph.InferenceConfig(1, 1, 8, 8))
	fmt.Println(err)
	// Output: lenet5 takes images of 12x12 or larger, got 8x8: conv2: conv2d: input is 4x4, kernel 5x5 with padding 0x0 and dilation 1x1 does not fit
}

func ExampleNames() {
	fmt.Println(architectures.Names()[:4])
	// Output: [lenet5 alexnet alexnet_paper vgg11]
}

func ExampleAll() {
	for _, a := range architectures.All()[:2] {
		fmt.Println(a.Title, a.MinSize)
	}
	// Output:
	// LeNet-5 12
	// AlexNet 63
}

package measure_test

import (
	"context"
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/measure"
)

// small is a network of two convolutions and a classifier.
var small = blocks.Sequence{
	blocks.As("conv1", blocks.Conv2D{Out: 4, Kernel: 3}),
	blocks.As("relu", blocks.Act{Func: activations.ReLU{}}),
	blocks.As("conv2", blocks.Conv2D{Out: 8, Kernel: 3}),
	blocks.As("pool", blocks.GlobalAvgPool2D{}),
	blocks.As("fc", blocks.Linear{Out: 10}),
}

var workload = measure.Workload{Name: "small", Net: small, Input: imaging.Shape{Channels: 1, Height: 12, Width: 12}, Batch: 2, Seconds: 0.01}

func ExampleSteps() {
	w := workload
	w.Train = true
	m, err := measure.Steps(context.Background(), w)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Arch, m.Mode, "batch", m.Batch)
	fmt.Println("faster than one image a second:", m.ImagesPerSecond > 1)
	// Output:
	// small train batch 2
	// faster than one image a second: true
}

func ExampleTimes() {
	p, err := measure.Times(context.Background(), workload, 3)
	if err != nil {
		log.Fatal(err)
	}
	total := 0.0
	for _, layer := range p.ByLayer {
		total += layer.Share
	}
	fmt.Printf("the layers take %.0f %% of the operations' time\n", 100*total)
	// Output: the layers take 100 % of the operations' time
}

func ExampleGradientNorms() {
	names, norms, err := measure.GradientNorms(context.Background(), workload, 1)
	if err != nil {
		log.Fatal(err)
	}
	for i, name := range names {
		fmt.Println(name, norms[i] > 0)
	}
	// Output:
	// conv1 true
	// conv2 true
	// fc true
}

func ExampleKernel() {
	m, err := measure.Kernel(context.Background(), measure.KernelWorkload{Kernel: "sgemm", Size: 128, Seconds: 0.01})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Kernel, m.Size, m.GFLOPS > 0)
	// Output: sgemm 128 true
}

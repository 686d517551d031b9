package lab_test

import (
	"context"
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/lab"
)

// small is a network of two convolutions and a classifier.
var small = blocks.Sequence{
	blocks.As("conv1", blocks.Conv2D{Out: 4, Kernel: 3}),
	blocks.As("relu", blocks.Act{Func: activations.ReLU{}}),
	blocks.As("conv2", blocks.Conv2D{Out: 8, Kernel: 3}),
	blocks.As("pool", blocks.GlobalAvgPool2D{}),
	blocks.As("fc", blocks.Linear{Out: 10}),
}

var workload = lab.Workload{Name: "small", Net: small, Input: imaging.Shape{Channels: 1, Height: 12, Width: 12}, Batch: 2, Seconds: 0.01}

func ExampleMeasure() {
	w := workload
	w.Train = true
	m, err := lab.Measure(context.Background(), w)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Arch, m.Mode, "batch", m.Batch)
	fmt.Println("faster than one image a second:", m.ImagesPerSecond > 1)
	// Output:
	// small train batch 2
	// faster than one image a second: true
}

func ExampleMeasureProfile() {
	p, err := lab.MeasureProfile(context.Background(), workload, 3)
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
	names, norms, err := lab.GradientNorms(context.Background(), workload, 1)
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

func ExampleMeasureKernel() {
	m, err := lab.MeasureKernel(context.Background(), lab.KernelWorkload{Kernel: "sgemm", Size: 128, Seconds: 0.01})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Kernel, m.Size, m.GFLOPS > 0)
	// Output: sgemm 128 true
}

func ExampleDo() {
	e, err := lab.Lookup("unrolled")
	if err != nil {
		log.Fatal(err)
	}
	r, err := lab.Do(context.Background(), e, lab.Settings{Seeds: []uint64{1}})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range r.Claims {
		fmt.Println(c.Textbook.EN, "-", c.Holds)
	}
	// Output:
	// The gradient of three residual units is the sum over 2³ = 8 paths. - holds
	// So a residual network is the sum of eight networks. - partly
	// F(x) + x has the derivative F'(x) + 1, so the gradient cannot vanish. - partly
}

package insight_test

import (
	"context"
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/insight"
)

// What the middle of a 3x3 convolution sees of an image of 5x5.
func ExampleNetwork_ReceptiveField() {
	n := insight.Network{
		Net:    blocks.Sequence{blocks.As("conv", blocks.Conv2D{Out: 4, Kernel: 3, Padding: 1})},
		Params: graph.NewParams(1),
		Input:  imaging.Shape{Channels: 1, Height: 5, Width: 5},
	}
	m, err := n.ReceptiveField(context.Background(), "conv", make([]float32, 25), 1, 1)
	if err != nil {
		log.Fatal(err)
	}
	for i := range 5 {
		for j := range 5 {
			fmt.Print(map[bool]string{true: "x", false: "."}[m.At(i, j) > 0])
		}
		fmt.Println()
	}
	// Output:
	// .....
	// .xxx.
	// .xxx.
	// .xxx.
	// .....
}

func ExampleNetwork_GradCAM() {
	train, _, err := datasets.EmbeddedMNIST()
	if err != nil {
		log.Fatal(err)
	}
	n := insight.Network{
		Net: blocks.Sequence{
			blocks.As("conv", blocks.ConvNorm{Out: 8, Kernel: 5, Stride: 2, Padding: 2}),
			blocks.As("pool", blocks.GlobalAvgPool2D{}),
			blocks.As("fc", blocks.Linear{Out: 10}),
		},
		Params: graph.NewParams(1),
		Input:  train.Shape(),
	}
	images, labels, err := insight.Read(train, 0, 1)
	if err != nil {
		log.Fatal(err)
	}
	maps, err := n.GradCAM(context.Background(), "conv", images, labels)
	if err != nil {
		log.Fatal(err)
	}
	photo, err := train.Image(0)
	if err != nil {
		log.Fatal(err)
	}
	lit, err := maps[0].Over(photo)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d maps of %d x %d, over a picture of %v\n", len(maps), maps[0].Height, maps[0].Width, lit.Bounds().Size())
	// Output: 2 maps of 14 x 14, over a picture of (28,28)
}

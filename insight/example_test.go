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

// digits are a small network, without training, and images for it.
func digits() (insight.Network, *datasets.Dataset) {
	train, _, err := datasets.EmbeddedMNIST()
	if err != nil {
		log.Fatal(err)
	}
	return insight.Network{
		Net: blocks.Sequence{
			blocks.As("conv", blocks.ConvNorm{Out: 4, Kernel: 5, Stride: 2, Padding: 2}),
			blocks.As("fc", blocks.Linear{Out: 10}),
		},
		Params: graph.NewParams(1),
		Input:  train.Shape(),
	}, train
}

func ExampleNetwork_Gradient() {
	n, data := digits()
	images, labels, err := insight.Read(data, 3)
	if err != nil {
		log.Fatal(err)
	}
	maps, err := n.Gradient(context.Background(), images, labels)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(maps[0].Image().Bounds().Size())
	// Output: (28,28)
}

// What integrated gradients share out is what the output gained over the baseline.
func ExampleNetwork_IntegratedGradients() {
	n, data := digits()
	ctx := context.Background()
	images, labels, err := insight.Read(data, 3)
	if err != nil {
		log.Fatal(err)
	}
	maps, err := n.IntegratedGradients(ctx, images, labels, nil, 64)
	if err != nil {
		log.Fatal(err)
	}
	sum := 0.0
	for _, v := range maps[0].Values {
		sum += float64(v)
	}
	_, logits, err := n.Outputs(ctx, "", append(images, make([]float32, len(images))...))
	if err != nil {
		log.Fatal(err)
	}
	gained := float64(logits[labels[0]] - logits[10+labels[0]])
	fmt.Println(sum-gained < 0.01 && gained-sum < 0.01)
	// Output: true
}

func ExampleNetwork_FeatureMaps() {
	n, data := digits()
	images, _, err := insight.Read(data, 3)
	if err != nil {
		log.Fatal(err)
	}
	maps, err := n.FeatureMaps(context.Background(), "conv", images)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(maps), "maps of", maps[0].Height, "x", maps[0].Width)
	// Output: 4 maps of 14 x 14
}

func ExampleFilters() {
	n, _ := digits()
	if _, err := graph.Build(n.Net, n.Params, graph.InferenceConfig(n.Input.WithBatch(1)...)); err != nil { // makes the parameters
		log.Fatal(err)
	}
	filters, err := insight.Filters(n.Params, "conv.conv.weight")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(filters), "filters of", filters[0].Bounds().Size())
	// Output: 4 filters of (5,5)
}

func ExampleNetwork_Occlusion() {
	n, data := digits()
	images, labels, err := insight.Read(data, 3)
	if err != nil {
		log.Fatal(err)
	}
	m, err := n.Occlusion(context.Background(), images, labels[0], insight.OcclusionConfig{Size: 8, Stride: 4})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Height, m.Width)
	// Output: 28 28
}

func ExampleNetwork_WorstMistakes() {
	n, data := digits()
	worst, err := n.WorstMistakes(context.Background(), data.Take(200), 3)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range worst {
		fmt.Println(m.Predicted != m.Label, m.Loss > 1)
	}
	// Output:
	// true true
	// true true
	// true true
}

func ExampleNetwork_StrongestPatches() {
	n, data := digits()
	lists, err := n.StrongestPatches(context.Background(), "conv", data, insight.PatchConfig{Channels: []int{2}, Count: 3, Images: 100})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range lists[0] {
		fmt.Println(p.Box.Dx() <= 5 && p.Box.Dy() <= 5) // no more than the kernel
	}
	// Output:
	// true
	// true
	// true
}

// A step of 1 in a random direction moves every filter by its own length.
func ExampleRandomDirection() {
	n, _ := digits()
	if _, err := graph.Build(n.Net, n.Params, graph.InferenceConfig(n.Input.WithBatch(1)...)); err != nil {
		log.Fatal(err)
	}
	d, err := insight.RandomDirection(n.Params, 1)
	if err != nil {
		log.Fatal(err)
	}
	moved, err := n.Params.Clone()
	if err != nil {
		log.Fatal(err)
	}
	if err := insight.Move(moved, n.Params, []insight.Direction{d}, []float64{1}); err != nil {
		log.Fatal(err)
	}
	before, after := n.Params.Get("conv.conv.weight").Value.Float32s(), moved.Get("conv.conv.weight").Value.Float32s()
	length, step := 0.0, 0.0
	for i := range 25 { // the first filter
		length += float64(before[i] * before[i])
		step += float64((after[i] - before[i]) * (after[i] - before[i]))
	}
	fmt.Printf("%.3f\n", step/length)
	// Output: 1.000
}

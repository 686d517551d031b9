package drawing_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/drawing"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Every block is a box, with what it is and the size of its output.
func ExampleNetwork() {
	net := blocks.Sequence{
		blocks.As("conv", blocks.ConvNorm{Out: 8, Kernel: 3, Padding: 1, Act: activations.ReLU{}}),
		blocks.As("unit", blocks.Residual{Out: 8}),
	}
	picture, err := drawing.Network(net, graph.InferenceConfig(1, 3, 32, 32), drawing.Options{Title: "small", Depth: 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range strings.Split(picture.DOT(), "\n") {
		if strings.Contains(line, "->") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// n0 -> n1;
	// n1 -> n2;
}

// An expression of Gorgonia's operations and ours, to be shown by a notebook or
// rendered as SVG.
func ExampleExpression() {
	g := gorgonia.NewGraph()
	x := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("x"))
	w := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("w"))
	y, err := activations.Tanh{}.Apply(gorgonia.Must(gorgonia.Mul(w, x)))
	if err != nil {
		log.Fatal(err)
	}
	picture := drawing.Expression(drawing.Options{Horizontal: true}, y)
	fmt.Println(strings.Count(picture.DOT(), "->"), "edges")
	// Output: 3 edges
}

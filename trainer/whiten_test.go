package trainer

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// TestWhitenedOutputsAreUncorrelated: over the images that the filters were made
// from, the first half of the convolution's outputs has the second moments
// l/(l + Eps) on the diagonal and 0 beside it, and the other half its negatives.
func TestWhitenedOutputsAreUncorrelated(t *testing.T) {
	train, _, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 60, Test: 10, Classes: 3, Shape: datasets.Shape{Channels: 2, Height: 7, Width: 6}})
	if err != nil {
		t.Fatal(err)
	}
	const patch, images, eps = 2 * 2 * 3, 40, 1e-3
	net := blocks.As("first", blocks.Conv2D{Out: 2 * patch, KernelHW: [2]int{2, 3}})
	params := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	program, err := graph.Build(blocks.Sequence{net}, params, graph.InferenceConfig(train.Shape().WithBatch(images)...))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	w := Whiten{Layer: "first", Images: images, Eps: eps}
	if err := w.apply(params, train); err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 0, images*2*7*6)
	for i := range images {
		one := make([]float32, 2*7*6)
		if _, err := train.Read(i, one); err != nil {
			t.Fatal(err)
		}
		x = append(x, one...)
	}
	y, err := program.Run(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	const positions = 6 * 4
	at := func(image, channel, k int) float64 {
		return y.Float64s()[(image*2*patch+channel)*positions+k]
	}
	last := math.Inf(1)
	for a := range patch {
		for b := range patch {
			sum, opposite := 0.0, 0.0
			for i := range images {
				for k := range positions {
					sum += at(i, a, k) * at(i, b, k)
					opposite = math.Max(opposite, math.Abs(at(i, a, k)+at(i, a+patch, k)))
				}
			}
			sum /= images * positions
			if opposite > 1e-6 {
				t.Fatalf("filter %d is not the negative of %d: %g", a+patch, a, opposite)
			}
			if a != b && math.Abs(sum) > 1e-5 {
				t.Errorf("outputs %d and %d go together: %g, want 0", a, b, sum)
			}
			if a == b {
				if sum > 1+1e-6 || sum > last+1e-6 {
					t.Errorf("output %d has the second moment %g, want at most 1, falling", a, sum)
				}
				last = sum
			}
		}
	}
	if first := params.Get("first.bias").Value.Float64s()[0]; first != 0 {
		t.Errorf("the bias is %g, want 0", first)
	}
}

func TestWhitenRefuses(t *testing.T) {
	data := synthetic(t)
	nan := math.NaN()
	for want, w := range map[string]*Whiten{
		"Whiten: Layer is empty":                {},
		"Whiten: Images is -1":                  {Layer: "conv1", Images: -1},
		"Whiten: Eps is NaN":                    {Layer: "conv1", Eps: nan},
		"the network has no parameter x.weight": {Layer: "x"},
		"fc.weight has shape":                   {Layer: "fc"},
		"conv1.weight has shape (8, 1, 3, 3), want (2*C*KH*KW, C, KH, KW) with C = 1": {Layer: "conv1"},
	} {
		_, err := Fit(t.Context(), tiny{4}, Data{Train: data.Train}, Config{Epochs: 1, Batch: 50, Whiten: w})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %s", err, want)
		}
	}
}

package main

import (
	"math"
	"slices"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// weighted is the sum of PixelNorm's result, each element times a number.
func weighted(in gorgonia.Nodes) (*gorgonia.Node, error) {
	y, err := ops.Apply(PixelNorm{Eps: 0.1}, in[0])
	if err != nil {
		return nil, err
	}
	if y, err = ops.Mul(y, in[1]); err != nil {
		return nil, err
	}
	return gorgonia.Sum(y)
}

func TestPixelNorm(t *testing.T) {
	x, w := random(1, 2, 3, 2, 2), random(2, 2, 3, 2, 2)
	want := 0.0
	for n := range 2 {
		for p := range 4 {
			at := []int{n*12 + p, n*12 + 4 + p, n*12 + 8 + p}
			sum := 0.0
			for _, i := range at {
				sum += x.data[i] * x.data[i]
			}
			for _, i := range at {
				want += w.data[i] * x.data[i] / math.Sqrt(0.1+sum/3)
			}
		}
	}
	loss, grads := run(t, tensor.Float64, weighted, gorgonia.Grad, x, w)
	near(t, "loss", []float64{loss}, []float64{want}, 1e-12)
	checkDifferences(t, weighted, grads, x, w)
	narrow, narrowGrads := run(t, tensor.Float32, weighted, gorgonia.Grad, x, w)
	near(t, "float32 loss", []float64{narrow}, []float64{want}, 1e-5)
	near(t, "float32 gradient", narrowGrads[0], grads[0], 1e-5)
}

func TestPixelNormMerges(t *testing.T) {
	x := random(1, 1, 2, 2, 2).node(gorgonia.NewGraph(), tensor.Float64, "x")
	apply := func(n PixelNorm) *gorgonia.Node { return gorgonia.Must(ops.Apply(n, x)) }
	first, equal, other := apply(PixelNorm{Eps: 0.1}), apply(PixelNorm{Eps: 0.1}), apply(PixelNorm{Eps: 0.2})
	if first != equal {
		t.Error("equal operations on one input are two nodes")
	}
	if first == other {
		t.Error("different operations on one input are one node")
	}
}

// A program gives the operation memory that other values have too, and computes
// the same bits as with memory of its own for every value.
func TestPixelNormSharesMemory(t *testing.T) {
	branch := blocks.Sequence{blocks.Conv2D{Out: 4, Kernel: 3, Padding: blocks.Same}, PixelNorm{}, blocks.Act{Func: Snake}, PixelNorm{Eps: 0.1}}
	net := blocks.Sequence{branch, blocks.Sum{branch, blocks.Sequence{PixelNorm{}}}, blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 3}}
	var images []float32
	for _, v := range random(5, 2, 1, 8, 8).data {
		images = append(images, float32(v))
	}
	values := func(noSharing bool) (all []float32, memory graph.Memory) {
		cfg := graph.TrainingConfig(2, 1, 8, 8)
		cfg.NoSharing = noSharing
		program, err := graph.Build(net, graph.NewParams(1), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer program.Close()
		for range 2 {
			loss, err := program.Step(t.Context(), images, graph.Labels([]int{0, 2}))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, float32(loss))
			gradients, err := program.Gradients()
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range gradients {
				all = append(all, g.Grad.Float32s()...)
			}
		}
		// In inference nothing reads the inputs again, so that the operation
		// writes over them.
		inference := graph.InferenceConfig(2, 1, 8, 8)
		inference.NoSharing = noSharing
		user, err := graph.Build(net, program.Params(), inference)
		if err != nil {
			t.Fatal(err)
		}
		defer user.Close()
		y, err := user.Run(t.Context(), images)
		if err != nil {
			t.Fatal(err)
		}
		return append(all, y.Float32s()...), program.Memory()
	}
	shared, memory := values(false)
	apart, _ := values(true)
	if !slices.Equal(shared, apart) {
		t.Error("shared memory changes the numbers")
	}
	if memory.Values >= memory.Unshared*3/4 {
		t.Errorf("%d bytes, without sharing %d: what is saved?", memory.Values, memory.Unshared)
	}
}

func TestPixelNormNamesWhatIsWrong(t *testing.T) {
	net := blocks.Sequence{blocks.Flatten{}, blocks.Named{Name: "norm", Block: PixelNorm{}}}
	_, err := graph.Build(net, graph.NewParams(1), graph.InferenceConfig(2, 1, 2, 2))
	if want := "norm: pixel_norm: inputs have shapes [(2, 4)], want one (N, C, H, W)"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

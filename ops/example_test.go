package ops_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// input is a node of float64 values in a new or a given graph.
func input(g *gorgonia.ExprGraph, name string, values []float64, shape ...int) *gorgonia.Node {
	v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
	return gorgonia.NewTensor(g, tensor.Float64, len(shape), gorgonia.WithShape(shape...), gorgonia.WithName(name), gorgonia.WithValue(v))
}

// image is a 4x4 image of the numbers 1 to 16.
func image(g *gorgonia.ExprGraph) *gorgonia.Node {
	values := make([]float64, 16)
	for i := range values {
		values[i] = float64(i + 1)
	}
	return input(g, "image", values, 1, 1, 4, 4)
}

// show runs the graph and prints a node's value.
func show(y *gorgonia.Node, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	vm := gorgonia.NewTapeMachine(y.Graph())
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y.Shape(), y.Value().Data())
}

// Gradients flow through these operations and Gorgonia's own alike.
func Example() {
	g := gorgonia.NewGraph()
	x := image(g)
	kernel := input(g, "kernel", []float64{1, -1, 0.5, 0}, 1, 1, 2, 2)
	scale := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("scale"), gorgonia.WithValue(2.0))

	h, err := ops.Conv2D(x, kernel, nil, ops.Conv2DConfig{Stride: [2]int{2, 2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	h = gorgonia.Must(gorgonia.Mul(scale, h)) // Gorgonia's
	h, err = ops.GlobalAvgPool2D(h)
	if err != nil {
		fmt.Println(err)
		return
	}
	loss := gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Square(h)))) // Gorgonia's
	grads, err := gorgonia.Grad(loss, kernel, scale)
	if err != nil {
		fmt.Println(err)
		return
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("loss:", loss.Value())
	fmt.Println("kernel's gradient:", grads[0].Value().Data())
	fmt.Println("scale's gradient:", grads[1].Value())
	// Output:
	// loss: 64
	// kernel's gradient: [192 224 320 352]
	// scale's gradient: 64
}

func ExampleConv2D() {
	g := gorgonia.NewGraph()
	mean := input(g, "mean", []float64{1, 1, 1, 1, 1, 1, 1, 1, 1}, 1, 1, 3, 3)
	bias := input(g, "bias", []float64{-54}, 1)
	show(ops.Conv2D(image(g), mean, bias, ops.Conv2DConfig{Act: ops.ReLU}))
	show(ops.Conv2D(image(g), mean, nil, ops.Conv2DConfig{Groups: 2}))
	// Output:
	// (1, 1, 2, 2) [0 9 36 45]
	// conv2d: input has 1 channels, groups = 2 does not divide it
}

func ExampleConvTranspose2D() {
	g := gorgonia.NewGraph()
	x := input(g, "x", []float64{1, 2}, 1, 1, 1, 2)
	block := input(g, "block", []float64{1, 1, 1, 1}, 1, 1, 2, 2)
	show(ops.ConvTranspose2D(x, block, nil, ops.ConvTranspose2DConfig{Stride: [2]int{2, 2}}))
	// Output: (1, 1, 2, 4) [1 1 2 2 1 1 2 2]
}

func ExampleLinear() {
	g := gorgonia.NewGraph()
	x := input(g, "x", []float64{1, 2, 3}, 1, 3)
	weight := input(g, "weight", []float64{1, 0, 0, 1, 1, 1}, 2, 3)
	bias := input(g, "bias", []float64{10, 20}, 2)
	show(ops.Linear(x, weight, bias, ops.LinearConfig{}))
	// Output: (1, 2) [11 26]
}

func ExampleMaxPool2D() {
	show(ops.MaxPool2D(image(gorgonia.NewGraph()), ops.MaxPool2DConfig{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, CeilMode: true}))
	// Output: (1, 1, 2, 2) [11 12 15 16]
}

func ExampleAvgPool2D() {
	g := gorgonia.NewGraph()
	show(ops.AvgPool2D(image(g), ops.AvgPool2DConfig{Kernel: [2]int{2, 2}}))
	show(ops.AvgPool2D(image(gorgonia.NewGraph()), ops.AvgPool2DConfig{Kernel: [2]int{2, 2}, Padding: [2]int{1, 1}, Stride: [2]int{4, 4}, ExcludePad: true}))
	// Output:
	// (1, 1, 2, 2) [3.5 5.5 11.5 13.5]
	// (1, 1, 2, 2) [1 4 13 16]
}

func ExampleAdaptiveAvgPool2D() {
	show(ops.AdaptiveAvgPool2D(image(gorgonia.NewGraph()), [2]int{1, 2}))
	// Output: (1, 1, 1, 2) [7.5 9.5]
}

func ExampleGlobalAvgPool2D() {
	show(ops.GlobalAvgPool2D(image(gorgonia.NewGraph())))
	// Output: (1, 1) [8.5]
}

func ExampleBatchNormTraining() {
	g := gorgonia.NewGraph()
	x := input(g, "x", []float64{1, 10, 3, 30}, 2, 2)
	y, mean, variance, err := ops.BatchNormTraining(x, nil, nil, ops.BatchNormConfig{Eps: 1e-12})
	if err != nil {
		fmt.Println(err)
		return
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.6f %v %v\n", y.Value().Data(), mean.Value().Data(), variance.Value().Data())
	// Output: [-1.000000 -1.000000 1.000000 1.000000] [2 20] [1 100]
}

func ExampleBatchNormInference() {
	g := gorgonia.NewGraph()
	x := input(g, "x", []float64{5, 7}, 1, 2)
	weight, bias := input(g, "weight", []float64{1, 2}, 2), input(g, "bias", []float64{0, 1}, 2)
	mean, variance := input(g, "mean", []float64{3, 3}, 2), input(g, "variance", []float64{0, 3}, 2)
	show(ops.BatchNormInference(x, ops.BatchNormNodes{Weight: weight, Bias: bias, Mean: mean, Variance: variance}, ops.BatchNormConfig{Eps: 1}))
	// Output: (1, 2) [2 5]
}

func ExampleBatchNormRunning() {
	g := gorgonia.NewGraph()
	running, batch := input(g, "running", []float64{1, 1}, 2), input(g, "batch", []float64{3, 5}, 2)
	show(ops.BatchNormRunning(running, batch, 0.5, 1))
	// Output: (2) [2 3]
}

func ExampleLocalResponseNorm() {
	x := input(gorgonia.NewGraph(), "x", []float64{1, 0, -1}, 1, 3, 1, 1)
	show(ops.LocalResponseNorm(x, ops.LocalResponseNormConfig{Size: 3, Alpha: 3, Beta: 1, K: 1}))
	// Output: (1, 3, 1, 1) [0.5 0 -0.5]
}

func ExampleDropout() {
	x := input(gorgonia.NewGraph(), "x", []float64{1, 2, 3, 4, 5, 6, 7, 8}, 8)
	show(ops.Dropout(x, ops.DropoutConfig{P: 0.5, Seed: 1}))
	show(ops.Dropout(x, ops.DropoutConfig{})) // x itself
	// Output:
	// (8) [2 4 6 8 0 12 0 16]
	// (8) [1 2 3 4 5 6 7 8]
}

func ExampleAdd() {
	g := gorgonia.NewGraph()
	show(ops.Add(input(g, "a", []float64{1, 2}, 2), input(g, "b", []float64{10, 20}, 2), input(g, "c", []float64{100, 200}, 2)))
	// Output: (2) [111 222]
}

func ExampleAddAct() {
	g := gorgonia.NewGraph()
	show(ops.AddAct(input(g, "a", []float64{1, 2}, 2), input(g, "b", []float64{-3, 3}, 2), ops.ReLU))
	// Output: (2) [0 5]
}

func ExampleMul() {
	g := gorgonia.NewGraph()
	show(ops.Mul(input(g, "a", []float64{1, 2}, 2), input(g, "b", []float64{3, 4}, 2)))
	// Output: (2) [3 8]
}

func ExampleScale() {
	g := gorgonia.NewGraph()
	show(ops.Scale(input(g, "x", []float64{1, -2}, 2), 0.5))
	// Output: (2) [0.5 -1]
}

func ExampleScaleChannels() {
	g := gorgonia.NewGraph()
	x := input(g, "x", []float64{1, 2, 3, 4}, 1, 2, 1, 2)
	show(ops.ScaleChannels(x, input(g, "s", []float64{10, 100}, 1, 2)))
	// Output: (1, 2, 1, 2) [10 20 300 400]
}

func ExampleConcat() {
	g := gorgonia.NewGraph()
	show(ops.Concat(input(g, "a", []float64{1, 2}, 2, 1), input(g, "b", []float64{10, 11, 20, 21}, 2, 2)))
	// Output: (2, 3) [1 10 11 2 20 21]
}

func ExampleSliceChannels() {
	x := input(gorgonia.NewGraph(), "x", []float64{1, 2, 3, 4, 5, 6}, 2, 3)
	show(ops.SliceChannels(x, 1, 3))
	// Output: (2, 2) [2 3 5 6]
}

func ExamplePadChannels() {
	x := input(gorgonia.NewGraph(), "x", []float64{1, 2}, 2, 1)
	show(ops.PadChannels(x, 1, 1))
	// Output: (2, 3) [0 1 0 0 2 0]
}

func ExampleSubsample() {
	show(ops.Subsample(image(gorgonia.NewGraph()), [2]int{2, 2}))
	// Output: (1, 1, 2, 2) [1 3 9 11]
}

func ExampleFlatten() {
	y, err := ops.Flatten(image(gorgonia.NewGraph()))
	fmt.Println(y.Shape(), err)
	// Output: (1, 16) <nil>
}

func ExampleReshape() {
	show(ops.Reshape(input(gorgonia.NewGraph(), "x", []float64{1, 2, 3, 4}, 4), 2, -1))
	// Output: (2, 2) [1 2 3 4]
}

func ExampleSoftmax() {
	show(ops.Softmax(input(gorgonia.NewGraph(), "x", []float64{0, 0, 1000, 0}, 2, 2)))
	// Output: (2, 2) [0.5 0.5 1 0]
}

func ExampleLogSoftmax() {
	show(ops.LogSoftmax(input(gorgonia.NewGraph(), "x", []float64{1000, 0}, 1, 2)))
	// Output: (1, 2) [0 -1000]
}

func ExampleCrossEntropy() {
	g := gorgonia.NewGraph()
	logits := input(g, "logits", []float64{1000, 0, 1000, 0}, 2, 2)
	labels := gorgonia.NewVector(g, tensor.Int, gorgonia.WithShape(2), gorgonia.WithName("labels"),
		gorgonia.WithValue(tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{0, 1}))))
	show(ops.CrossEntropy(logits, labels, ops.CrossEntropyConfig{}))
	// Output: () 500
}

func ExampleWeightedSum() {
	g := gorgonia.NewGraph()
	loss := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("loss"), gorgonia.WithValue(2.0))
	aux := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("aux"), gorgonia.WithValue(10.0))
	show(ops.WeightedSum([]*gorgonia.Node{loss, aux}, []float64{1, 0.3}))
	// Output: () 5
}

func ExampleActivate() {
	g := gorgonia.NewGraph()
	show(ops.Activate(input(g, "x", []float64{-2, 0, 2}, 3), ops.LeakyReLU(0.1)))
	show(ops.Activate(input(g, "y", []float64{-2, 0, 2}, 3), ops.HardTanh))
	// Output:
	// (3) [-0.2 0 2]
	// (3) [-1 0 1]
}

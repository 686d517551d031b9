package graph_test

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// dense is a block: a fully connected layer with out outputs.
type dense struct{ out int }

func (d dense) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	w, err := s.Param("weight", tensor.Shape{d.out, x.Shape()[1]}, graph.HeNormal)
	if err != nil {
		return nil, err
	}
	b, err := s.Param("bias", tensor.Shape{d.out}, graph.Zeros)
	if err != nil {
		return nil, err
	}
	return ops.Linear(x, w, b, ops.LinearConfig{})
}

// perceptron is a network made of blocks: what s.Build builds has a name.
func perceptron(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	x, err := s.Build("hidden", dense{16}, x)
	if err != nil {
		return nil, err
	}
	if x, err = gorgonia.Tanh(x); err != nil { // operations of Gorgonia's fit between
		return nil, err
	}
	return s.Build("out", dense{2}, x)
}

// One set of parameters, one program to train on it and one to use it. The
// network learns whether its two inputs have the same sign.
func Example() {
	ctx := context.Background()
	params := graph.NewParams(1)
	net := graph.BlockFunc(perceptron)
	training, err := graph.Build(net, params, graph.TrainingConfig(4, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer training.Close()
	inference, err := graph.Build(net, params, graph.InferenceConfig(1, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer inference.Close()

	points := []float32{1, 1, -1, -1, 1, -1, -1, 1}
	labels := []int{1, 1, 0, 0}
	for range 200 {
		if _, err := training.Step(ctx, points, graph.Labels(labels)); err != nil {
			fmt.Println(err)
			return
		}
		gradients, err := training.Gradients()
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, g := range gradients { // plain gradient descent; package trainer does it better
			for i, d := range g.Grad.Float32s() {
				g.Param.Float32s()[i] -= 0.5 * d
			}
		}
	}
	for i := range labels {
		y, err := inference.Run(ctx, points[2*i:2*i+2])
		if err != nil {
			fmt.Println(err)
			return
		}
		out := y.Float32s()
		fmt.Println(points[2*i], points[2*i+1], "same:", out[1] > out[0])
	}
	// Output:
	// 1 1 same: true
	// -1 -1 same: true
	// 1 -1 same: false
	// -1 1 same: false
}

// An error says where in the network it came from.
func ExampleBuild() {
	net := graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		return s.Build("layer1", graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			return s.Build("fc", dense{0}, x)
		}), x)
	})
	_, err := graph.Build(net, graph.NewParams(1), graph.InferenceConfig(1, 2))
	fmt.Println(err)
	// Output: layer1.fc: parameter weight: shape (0, 2) has an empty dimension
}

// Gradients works on any expression, with a program around it or without.
func ExampleGradients() {
	g := gorgonia.NewGraph()
	x := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("x"), gorgonia.WithValue(3.0))
	y := gorgonia.Must(gorgonia.Square(x))
	z := gorgonia.Must(gorgonia.Mul(y, x)) // x^3
	grads, err := graph.Gradients(z, x)
	if err != nil {
		fmt.Println(err)
		return
	}
	machine := gorgonia.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(z.Value(), grads[0].Value())
	// Output: 27 27
}

// A model's state is its named tensors, whatever program works on them.
func ExampleParams() {
	params := graph.NewParams(7, graph.WithDtype(tensor.Float64))
	net := graph.BlockFunc(perceptron)
	if _, err := graph.Build(net, params, graph.InferenceConfig(1, 2)); err != nil {
		fmt.Println(err)
		return
	}
	if err := params.Set("out.bias", []float64{0.5, -0.5}); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range params.All() {
		fmt.Println(p.Name, p.Value.Shape())
	}
	fmt.Println(params.Count(), "elements,", params.Get("out.bias").Value.Float64s())
	// Output:
	// hidden.weight (16, 2)
	// hidden.bias (16)
	// out.weight (2, 16)
	// out.bias (2)
	// 82 elements, [0.5 -0.5]
}

// A loss of one's own says which kind of target it takes and builds a scalar of
// any operations that have a derivative.
func ExampleLoss() {
	ctx := context.Background()
	quartic := graph.LossFunc{Kind: graph.RealValues, Func: func(output, target *gorgonia.Node) (*gorgonia.Node, error) {
		d, err := gorgonia.Sub(output, target)
		if err != nil {
			return nil, err
		}
		if d, err = gorgonia.Square(d); err != nil {
			return nil, err
		}
		if d, err = gorgonia.Square(d); err != nil {
			return nil, err
		}
		return gorgonia.Mean(d)
	}}
	cfg := graph.TrainingConfig(1, 2)
	cfg.Loss = quartic
	program, err := graph.Build(dense{1}, graph.NewParams(1), cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	loss, err := program.Step(ctx, []float32{0, 0}, graph.Values([]float32{2}))
	if err != nil {
		fmt.Println(err)
		return
	}
	gradients, err := program.Gradients()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loss, gradients[1].Name, gradients[1].Grad)
	_, err = program.Step(ctx, []float32{0, 0}, graph.Labels([]int{1}))
	fmt.Println(err)
	// Output:
	// 16 bias [-32]
	// graph: the target is class labels, this program's loss wants real values
}

// A buffer is part of the model and not learned: here the batch before, of which
// the network sees the difference.
func ExampleScope_Update() {
	ctx := context.Background()
	differences := graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		last, err := s.Buffer("last", x.Shape(), graph.Zeros)
		if err != nil {
			return nil, err
		}
		if err := s.Update("last", x); err != nil {
			return nil, err
		}
		y, err := gorgonia.Sub(x, last)
		if err != nil {
			return nil, err
		}
		return s.Build("fc", dense{2}, y)
	})
	params := graph.NewParams(1)
	program, err := graph.Build(differences, params, graph.TrainingConfig(1, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	for _, x := range [][]float32{{1, 2}, {3, 4}} {
		if _, err := program.Step(ctx, x, graph.Labels([]int{0})); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(params.Get("last").Value.Float32s(), "after step", params.Steps())
	}
	// Output:
	// [1 2] after step 1
	// [3 4] after step 2
}

// The layers of a network as a table.
func ExampleProgram_Summary() {
	program, err := graph.Build(graph.BlockFunc(perceptron), graph.NewParams(0, graph.Uninitialized()), graph.InferenceConfig(1, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	for _, row := range program.Summary(0).Rows {
		fmt.Println(row.Path, row.Out, row.Params)
	}
	// Output:
	// hidden (1, 16) 48
	// out (1, 2) 34
}

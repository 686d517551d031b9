package trainer_test

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// softmaxRegression is a network of one linear layer.
func softmaxRegression(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	flat, err := ops.Flatten(x)
	if err != nil {
		return nil, err
	}
	w, err := s.Param("weight", tensor.Shape{10, flat.Shape()[1]}, graph.Zeros)
	if err != nil {
		return nil, err
	}
	b, err := s.Param("bias", tensor.Shape{10}, graph.Zeros)
	if err != nil {
		return nil, err
	}
	return ops.Linear(flat, w, b, ops.LinearConfig{})
}

func ExampleFit() {
	train, test, err := datasets.EmbeddedMNIST()
	if err != nil {
		panic(err)
	}
	run, err := trainer.Fit(context.Background(), graph.BlockFunc(softmaxRegression),
		trainer.Data{Train: train.Take(4000), Test: test},
		trainer.Config{
			Epochs: 3, Batch: 100, Optimizer: trainer.SGD{LR: 0.05, Momentum: 0.9},
			Schedule: trainer.Cosine{Length: 120}, ScheduleBy: trainer.ByStep,
		})
	if err != nil {
		panic(err)
	}
	fmt.Println(len(run.History), "epochs,", run.Steps, "steps")
	fmt.Println("more than 85 % right:", run.Test.Accuracy > 0.85)
	// Output:
	// 3 epochs, 120 steps
	// more than 85 % right: true
}

func ExampleFindLR() {
	train, _, err := datasets.EmbeddedMNIST()
	if err != nil {
		panic(err)
	}
	curve, err := trainer.FindLR(context.Background(), graph.BlockFunc(softmaxRegression), trainer.Data{Train: train},
		trainer.Config{Batch: 50, Optimizer: trainer.Adam{}}, trainer.LRRange{Min: 1e-6, Steps: 60})
	if err != nil {
		panic(err)
	}
	fmt.Println("a rate to begin with is found:", curve.Steepest > 1e-4 && curve.Steepest < 0.1)
	// Output: a rate to begin with is found: true
}

func ExampleFindBatch() {
	train, test, err := datasets.EmbeddedMNIST()
	if err != nil {
		panic(err)
	}
	batch, memory, err := trainer.FindBatch(graph.BlockFunc(softmaxRegression), trainer.Data{Train: train, Test: test},
		trainer.Config{Optimizer: trainer.SGD{LR: 0.1}}, trainer.BatchLimit{Memory: 4 << 20})
	if err != nil {
		panic(err)
	}
	fmt.Println(batch, memory.Total() <= 4<<20)
	// Output: 64 true
}

func ExampleHook() {
	train, _, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 200, Shape: datasets.Shape{Height: 8, Width: 8}})
	if err != nil {
		panic(err)
	}
	steps := 0
	count := trainer.Hook{OnStep: func(_ *trainer.Run, p trainer.Progress) error {
		if steps++; p.Total == 7 {
			return trainer.ErrStop
		}
		return nil
	}}
	run, err := trainer.Fit(context.Background(), graph.BlockFunc(softmaxRegression), trainer.Data{Train: train},
		trainer.Config{Batch: 50, Hooks: []trainer.Hook{count}})
	fmt.Println(steps, run.Stopped, err)
	// Output: 7 true <nil>
}

// An optimizer on a bare Gorgonia graph: the minimum of (x-3)^2.
func ExampleSolver_Step() {
	g := gorgonia.NewGraph()
	x := gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName("x"), gorgonia.WithValue(0.0))
	loss := gorgonia.Must(gorgonia.Square(gorgonia.Must(gorgonia.Sub(x, gorgonia.NewConstant(3.0)))))
	if _, err := gorgonia.Grad(loss, x); err != nil {
		panic(err)
	}
	machine := gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(x))
	defer machine.Close()
	solver, err := trainer.NewSolver(trainer.SGD{LR: 0.2})
	if err != nil {
		panic(err)
	}
	for range 50 {
		if err := machine.RunAll(); err != nil {
			panic(err)
		}
		if err := solver.Step(gorgonia.NodesToValueGrads(gorgonia.Nodes{x})); err != nil {
			panic(err)
		}
		machine.Reset()
	}
	fmt.Printf("%.3f\n", x.Value().Data())
	// Output: 3.000
}

func ExampleLookupSchedule() {
	s, err := trainer.LookupSchedule("step_10_0.5")
	if err != nil {
		panic(err)
	}
	fmt.Println(s.LR(0.4, 9), s.LR(0.4, 10), s.LR(0.4, 20))
	// Output: 0.4 0.2 0.1
}

func ExampleThen() {
	s := trainer.Then{First: trainer.LinearWarmup{Start: 0.5, Length: 2}, Length: 2, Next: trainer.Exponential{Gamma: 0.5}}
	for step := range 5 {
		fmt.Print(s.LR(0.1, step), " ")
	}
	// Output: 0.05 0.07500000000000001 0.1 0.05 0.025
}

func ExampleConfusion() {
	c, err := trainer.NewConfusion(2, []string{"cat", "dog"})
	if err != nil {
		panic(err)
	}
	c.Count[0][0], c.Count[0][1], c.Count[1][1] = 3, 1, 4
	fmt.Print(c)
	// Output:
	// label \ predicted  cat  dog    recall
	// cat                  3    1   75.00 %
	// dog                  0    4  100.00 %
}

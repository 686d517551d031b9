package trainer_test

import (
	"context"
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/tensor"
)

// Lion follows the sign of a moving average of the gradient (Chen et al. 2023,
// arXiv:2302.06675): an optimizer of one's own.
type Lion struct {
	LR          float64 // 0 means 1e-4
	WeightDecay float64 // default 0
}

// Rule implements trainer.Optimizer.
func (o Lion) Rule() (trainer.Rule, error) {
	if o.LR == 0 {
		o.LR = 1e-4
	}
	return trainer.Rule{
		Kind: "lion", LR: o.LR, WeightDecay: o.WeightDecay,
		State:   []trainer.StateTensor{{Name: "exp_avg"}},
		Float32: lion[float32],
		Float64: lion[float64],
	}, nil
}

func lion[T float32 | float64](p trainer.Piece[T]) {
	const beta1, beta2 = 0.9, 0.99
	m := p.State[0]
	for i, g := range p.G {
		direction := math.Copysign(1, float64(beta1*m[i]+(1-beta1)*g))
		p.W[i] -= T(p.LR * (direction + p.WeightDecay*float64(p.W[i])))
		m[i] = beta2*m[i] + (1-beta2)*g
	}
}

// An optimizer of one's own is a struct with one method. A solver does the rest:
// rates, state, float32 and float64, all threads.
func ExampleOptimizer() {
	solver, err := trainer.NewSolver(Lion{LR: 0.25})
	if err != nil {
		panic(err)
	}
	// The minimum of x^2.
	x := tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{1, -2}))
	gradient := tensor.New(tensor.WithShape(2), tensor.WithBacking(make([]float64, 2)))
	for range 4 {
		for i, v := range x.Float64s() {
			gradient.Float64s()[i] = 2 * v
		}
		if err := solver.Update([]trainer.Parameter{{Name: "x", Value: x, Grad: gradient}}); err != nil {
			panic(err)
		}
	}
	fmt.Println(x.Float64s(), solver.LearningRate())
	// Output: [0 -1] 0.25
}

// Sawtooth halves the rate from 1 to 1/2 and starts again.
type Sawtooth struct{ Period int }

// LR implements trainer.Schedule.
func (s Sawtooth) LR(base float64, at int) float64 {
	return base * (1 - 0.5*float64(at%s.Period)/float64(s.Period))
}

// Check is optional: Fit refuses what it reports.
func (s Sawtooth) Check() error {
	if s.Period < 1 {
		return fmt.Errorf("Sawtooth.Period is %d, want at least 1", s.Period)
	}
	return nil
}

// A schedule of one's own needs nothing but LR.
func ExampleSchedule() {
	s := Sawtooth{Period: 2}
	fmt.Println(s.LR(1, 0), s.LR(1, 1), s.LR(1, 2))
	train, _, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 100})
	if err != nil {
		panic(err)
	}
	_, err = trainer.Fit(context.Background(), graph.BlockFunc(softmaxRegression), trainer.Data{Train: train},
		trainer.Config{Schedule: Sawtooth{}})
	fmt.Println(err)
	// Output:
	// 1 0.75 1
	// fit: Schedule: Sawtooth.Period is 0, want at least 1
}

// Fine-tuning: the bias never decays, the weights rest for an epoch.
func ExampleGroup() {
	train, _, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 200})
	if err != nil {
		panic(err)
	}
	var before float32
	run, err := trainer.Fit(context.Background(), graph.BlockFunc(softmaxRegression), trainer.Data{Train: train}, trainer.Config{
		Epochs: 2, Batch: 50, Optimizer: trainer.AdamW{LR: 0.01},
		Groups: []trainer.Group{
			{Match: "**.bias", WeightDecay: -1, LRFactor: 10},
			{Match: "weight", FrozenUntil: 2},
		},
		Hooks: []trainer.Hook{{OnEpoch: func(r *trainer.Run, e trainer.Epoch) error {
			if now := r.Params.Get("weight").Value.Float32s()[0]; e.Epoch == 1 {
				before = now
			}
			return nil
		}}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(before, run.Params.Get("weight").Value.Float32s()[0] != 0)
	// Output: 0 true
}

// A training loop of one's own.
func ExampleParametersOf() {
	ctx, params := context.Background(), graph.NewParams(1)
	program, err := graph.Build(graph.BlockFunc(softmaxRegression), params, graph.TrainingConfig(2, 1, 2, 2))
	if err != nil {
		panic(err)
	}
	defer program.Close()
	solver, err := trainer.NewSolver(trainer.SGD{LR: 0.5})
	if err != nil {
		panic(err)
	}
	images, labels := []float32{1, 0, 0, 0, 0, 0, 0, 1}, graph.Labels([]int{3, 7})
	for step := range 3 {
		loss, err := program.Step(ctx, images, labels)
		if err != nil {
			panic(err)
		}
		parameters, err := trainer.ParametersOf(program)
		if err != nil {
			panic(err)
		}
		if err := solver.Update(parameters); err != nil {
			panic(err)
		}
		fmt.Printf("step %d: loss %.3f\n", step+1, loss)
	}
	// Output:
	// step 1: loss 2.303
	// step 2: loss 1.892
	// step 3: loss 1.540
}

// How a network does on images that it has not seen.
func ExampleEvaluate() {
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 400, Test: 100, Classes: 3})
	if err != nil {
		panic(err)
	}
	net, ctx := graph.BlockFunc(softmaxRegression), context.Background()
	run, err := trainer.Fit(ctx, net, trainer.Data{Train: train}, trainer.Config{Epochs: 3, Batch: 50, Loss: graph.CrossEntropy{Smoothing: 0.1}})
	if err != nil {
		panic(err)
	}
	e, err := trainer.Evaluate(ctx, net, test, trainer.EvaluateConfig{Params: run.Params})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d images of %v: %.0f %% right\n", e.Images, e.Kind, 100*e.Accuracy)
	// Output: 100 images of class labels: 100 % right
}

package lab

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// specimen is a trained residual network to look into, and the images that it was
// trained and tested on.
type specimen struct {
	insight.Network
	shape       thin
	train, test *datasets.Dataset
	name        string // what it is, for Result.Data
}

// specimen is ResNet-20 with the weights of Settings.ResNet20 or, without such or
// without CIFAR-10, a residual network that is trained for some seconds.
func (s Settings) specimen(ctx context.Context) (*specimen, error) {
	if s.ResNet20 == "" || s.CIFAR10 == "" {
		return s.quickSpecimen(ctx)
	}
	a, err := architectures.Lookup("cifar_resnet20")
	if err != nil {
		return nil, err
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		return nil, err
	}
	train, test, err := datasets.CIFAR10(s.CIFAR10)
	if err != nil {
		return nil, err
	}
	f, err := weights.ReadFile(s.ResNet20)
	if err != nil {
		return nil, err
	}
	params := graph.NewParams(1)
	p, err := graph.Build(net, params, graph.InferenceConfig(a.Input.WithBatch(1)...))
	if err != nil {
		return nil, err
	}
	p.Close()
	if err := weights.Load(params, f.Tensors); err != nil {
		return nil, err
	}
	return &specimen{
		Network: insight.Network{Net: net, Params: params, Input: a.Input},
		shape:   thin{depth: 20, width: 16, kind: residualKind, classes: 10},
		train:   train, test: test,
		name: "ResNet-20, trained on CIFAR-10 to " + f.Metadata["test_accuracy"] + " test accuracy (docs/results)",
	}, nil
}

// quickSpecimen trains a small residual network for a moment.
func (s Settings) quickSpecimen(ctx context.Context) (*specimen, error) {
	shape := thin{depth: pick(s, 14, 20, 20), width: pick(s, 4, 16, 16), kind: residualKind, classes: 10}
	train, test, name, err := s.small(pick(s, 256, 4096, 50000), pick(s, 64, 1000, 10000), pick(s, 8, 16, 32))
	if err != nil {
		return nil, err
	}
	epochs := pick(s, 3, 4, 10)
	run, err := shape.fit(ctx, trainer.Data{Train: train, Test: test}, epochs, 1)
	if err != nil {
		return nil, err
	}
	return &specimen{
		Network: insight.Network{Net: run.Net, Params: run.Params, Input: train.Shape()},
		shape:   shape, train: train, test: test,
		name: fmt.Sprintf("residual network of %d layers, trained for %d epochs (%s)", shape.depth, epochs, name),
	}, nil
}

// fit trains the network without looking on.
func (n thin) fit(ctx context.Context, data trainer.Data, epochs int, seed uint64) (*trainer.Run, error) {
	run, _, err := fit(ctx, n.block(), data, trainer.Config{
		Epochs: epochs, Batch: 64, Optimizer: trainer.SGD{LR: 0.1, Momentum: 0.9, WeightDecay: 1e-4},
		Schedule: trainer.Cosine{}, ScheduleBy: trainer.ByStep, Seed: seed, EvalEvery: epochs, EvalBatch: 128,
	})
	return run, err
}

// firstOf are the numbers 0 to n-1.
func firstOf(n int) []int {
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i
	}
	return indices
}

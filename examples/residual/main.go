// Command residual builds, trains and evaluates a small residual network.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/trainer"
)

func main() {
	net := blocks.Sequence{
		blocks.ConvNorm{Out: 8, Kernel: 3, Stride: 2, Padding: 1, Act: activations.ReLU{}},
		blocks.Residual{Out: 8, Act: activations.ELU{Alpha: 1}},
		blocks.Residual{Out: 16, Stride: 2, Act: activations.ELU{Alpha: 1}},
		blocks.GlobalAvgPool2D{},
		blocks.Linear{Out: 10},
	}
	train, test, err := datasets.EmbeddedMNIST()
	if err != nil {
		log.Fatal(err)
	}
	run, err := trainer.Fit(context.Background(), net, trainer.Data{Train: train, Test: test},
		trainer.Config{Epochs: 3, Batch: 50, Optimizer: trainer.Adam{}, Seed: 1,
			Schedule: trainer.OneCycle{Max: 0.01}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run)
	fmt.Printf("test accuracy %.1f %%\n", 100*run.History.Last().TestAccuracy)
}

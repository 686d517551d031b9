// Command figures measures and draws the pictures of the documentation into a
// folder.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/lab"
	"github.com/stheno-ml/stheno/plots"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: figures FOLDER")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := gradientFlow(ctx, filepath.Join(os.Args[1], "gradient_flow.svg")); err != nil {
		log.Fatal(err)
	}
}

// gradientFlow compares the gradients in a deep network with those in its
// counterpart without shortcuts, before training.
func gradientFlow(ctx context.Context, path string) error {
	var series []plots.Series
	var names []string
	for _, name := range []string{"cifar_plain56", "cifar_resnet56"} {
		a, err := architectures.Lookup(name)
		if err != nil {
			return err
		}
		net, err := a.New(architectures.Options{})
		if err != nil {
			return err
		}
		layers, norms, err := lab.GradientNorms(ctx, lab.Workload{Name: a.Name, Net: net, Input: a.Input, Batch: 16}, 1)
		if err != nil {
			return errors.Wrap(err, name)
		}
		names = layers
		series = append(series, plots.Series{Name: a.Title, Y: norms})
	}
	figure, err := plots.GradientFlow("How much gradient reaches each layer, before training", names, series...)
	if err != nil {
		return err
	}
	return figure.Save(path)
}

package main

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/plots"
)

// shown is how many images of a batch are drawn at most.
const shown = 64

// showBatch draws the first batch of training as the network would see it.
func (t *training) showBatch(c *cobra.Command) error {
	p, err := t.Prepare(c.Context())
	if err != nil {
		return err
	}
	tellBroken(c, p.Data.Broken)
	loader, err := datasets.NewLoader(p.Data.Train, datasets.LoaderConfig{
		Batch: min(t.Batch, shown, p.Data.Train.Len()), Shuffle: true, Seed: p.Config.Seed, Augment: p.Config.Augment, Mix: p.Config.Mix})
	if err != nil {
		return err
	}
	for b, err := range loader.Epoch(0) {
		if err != nil {
			return err
		}
		images, err := b.Pictures(p.Data.Train.Shape(), p.Data.Normalization)
		if err != nil {
			return err
		}
		cfg := plots.ImagesConfig{Title: "training images as the network sees them", Classes: p.Data.Train.Classes()}
		if b.Target.Kind == graph.ClassLabels {
			cfg.Labels = b.Target.Labels
		}
		figure, err := plots.Images(images, cfg)
		if err != nil {
			return err
		}
		if err := figure.Save(t.show); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%d training images: %s\n", b.N, t.show)
		return nil
	}
	return errors.New("there are no training images")
}

package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/trainer"
)

// batchSize is the flag --batch: a number of images, or auto for as many as fit
// into the memory.
type batchSize struct {
	images *int
	auto   bool
}

var _ pflag.Value = (*batchSize)(nil)

// Type is what help shows for the flag's value.
func (b *batchSize) Type() string { return "images" }

// String is the flag as Set reads it.
func (b *batchSize) String() string {
	switch {
	case b.auto:
		return "auto"
	case b.images == nil: // as pflag makes one to compare with
		return "0"
	}
	return strconv.Itoa(*b.images)
}

// Set reads a number of images or "auto".
func (b *batchSize) Set(text string) error {
	if b.auto = text == "auto"; b.auto {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return errors.New("want a number of images, or auto")
	}
	*b.images = n
	return nil
}

// chooseBatch sets the batch for --batch auto. It becomes a setting of the run, so
// that one that is resumed or repeated has the same.
func (t *training) chooseBatch(out io.Writer, p *recipes.Prepared) error {
	if !t.batch.auto {
		return nil
	}
	batch, memory, err := trainer.FindBatch(p.Network, trainer.Data{Train: p.Data.Train, Test: p.Data.Test}, p.Config, trainer.BatchLimit{})
	if err != nil {
		return errors.WithMessage(err, "--batch auto")
	}
	t.Batch, p.Config.Batch = batch, batch
	if t.json || t.quiet {
		return nil
	}
	_, err = fmt.Fprintf(out, "batches of %s, for which the run plans %v\n", count(batch, "image"), memory)
	return err
}

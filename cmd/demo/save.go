package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// save writes what --out asks for, as far as there is something, and says what.
func (t *training) save(out io.Writer, run *trainer.Run, arch architectures.Architecture) error {
	if t.out == "" {
		return nil
	}
	history := run.History
	if history == nil {
		history = trainer.History{} // "[]", not "null"
	}
	content, err := json.MarshalIndent(history, "", "  ")
	if err != nil {
		return errors.Wrap(err, "--out")
	}
	if err := atomicfile.Write(filepath.Join(t.out, "history.json"), append(content, '\n')); err != nil {
		return err
	}
	wrote := []string{"history.json"}
	save := func(name string, figure *plots.Figure, err error) error {
		if err != nil {
			return err
		}
		wrote = append(wrote, name)
		return figure.Save(filepath.Join(t.out, name))
	}
	if len(history) > 0 {
		figure, err := plots.History(arch.Title, curves(arch.Title, history))
		if err := save("history.svg", figure, err); err != nil {
			return err
		}
	}
	if run.Test != nil && run.Test.Confusion != nil {
		figure, err := plots.Confusion(run.Test.Confusion.Count, run.Data.Test.Classes())
		if err := save("confusion.svg", figure, err); err != nil {
			return err
		}
	}
	if !t.json {
		last := len(wrote) - 1
		list := wrote[last]
		if last > 0 {
			list = strings.Join(wrote[:last], ", ") + " and " + list
		}
		fmt.Fprintln(out, "wrote", list, "to", t.out)
	}
	return nil
}

// curves is a history as plots draws it. Epochs without a test leave a gap.
func curves(name string, history trainer.History) plots.Run {
	r := plots.Run{Name: name}
	for _, e := range history {
		loss, accuracy := math.NaN(), math.NaN()
		if e.Evaluated {
			loss, accuracy = e.TestLoss, e.TestAccuracy
		}
		r.Epochs = append(r.Epochs, float64(e.Epoch))
		r.TrainLoss = append(r.TrainLoss, e.TrainLoss)
		r.TrainAccuracy = append(r.TrainAccuracy, e.TrainAccuracy)
		r.TestLoss = append(r.TestLoss, loss)
		r.TestAccuracy = append(r.TestAccuracy, accuracy)
	}
	return r
}

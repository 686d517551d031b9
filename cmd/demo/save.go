package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/runs"
	"github.com/stheno-ml/stheno/trainer"
)

// save adds pictures to the run's folder, as far as there is something to draw.
func (t *training) save(out io.Writer, dir *runs.Dir, run *trainer.Run, arch architectures.Architecture) error {
	if dir == nil {
		return nil
	}
	history := run.History
	save := func(name string, figure *plots.Figure, err error) error {
		if err != nil {
			return err
		}
		return figure.Save(filepath.Join(dir.Path(), name))
	}
	if len(history) > 0 {
		figure, err := runs.Plot(arch.Title, history)
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
	if !t.json && !t.quiet {
		text := "kept in"
		if run.Stopped {
			text = "to go on: demo train --resume"
		}
		fmt.Fprintln(out, text, dir.Path())
	}
	return nil
}

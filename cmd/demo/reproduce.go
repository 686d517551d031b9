package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/runs"
	"github.com/stheno-ml/stheno/trainer"
)

func reportOf(run string) string { return filepath.Join(run, runs.ReportFile) }

func newReproduce() *cobra.Command {
	t := &training{}
	var epochs int
	c := &cobra.Command{
		Use:   "reproduce RUN",
		Short: "Run a training again and compare it bit for bit",
		Long: `Reproduce trains anew by a run's own settings, in a fresh folder, and compares
history and final weights bit for bit. It says what differs: the data, the
instruction set, the number of threads, the versions, and the first figure that came
out otherwise. It ends with an error unless all is the same.`,
		Example: `  demo reproduce runs/digits
  demo reproduce runs/resnet20 --epochs 1 --data-dir DIR`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if epochs < 0 {
				return errors.Errorf("--epochs is %d, want at least 0", epochs)
			}
			return t.reproduce(c, args[0], epochs)
		},
	}
	f := c.Flags()
	f.IntVar(&epochs, "epochs", 0, "stop after so many epochs and compare those; 0 compares all, and the weights")
	f.StringVar(&t.DataDir, "data-dir", "", "folder with the data (default the run's)")
	f.StringVar(&t.out, "out", "", "folder of the new run (default a fresh one below "+runsFolder+")")
	f.BoolVarP(&t.quiet, "quiet", "q", false, "print the result only")
	return c
}

func (t *training) reproduce(c *cobra.Command, path string, epochs int) error {
	first, err := runs.Read(path)
	if err != nil {
		return err
	}
	if len(first.History) == 0 {
		return errors.Errorf("%s: no epoch is finished, there is nothing to compare with", path)
	}
	if epochs == 0 && !first.Finished {
		return errors.Errorf("%s has not come to its end: finish it with 'demo train --resume %s', or compare some --epochs", path, path)
	}
	if _, err := os.Stat(filepath.Join(path, changesFile)); err == nil {
		return errors.Errorf("%s was changed by hand while it was trained, see %s: its settings alone do not repeat it", path, changesFile)
	}
	record, err := readSettings(path)
	if err != nil {
		return err
	}
	if dir := t.DataDir; dir != "" {
		record.DataDir = dir
	}
	t.Record = record
	if epochs > 0 {
		t.hooks = append(t.hooks, trainer.Hook{Name: "reproduce", OnEpoch: func(_ *trainer.Run, e trainer.Epoch) error {
			if e.Epoch >= epochs {
				return trainer.ErrStop
			}
			return nil
		}})
	}
	if err := t.train(c); err != nil {
		return err
	}
	again, err := runs.Read(t.out)
	if err != nil {
		return err
	}
	out := c.OutOrStdout()
	differences := runs.Differences(first, again, epochs)
	if len(differences) == 0 {
		what := fmt.Sprintf("%s and the final weights are the same", count(len(first.History), "epoch"))
		if epochs > 0 {
			what = fmt.Sprintf("%s the same", plural(min(epochs, len(first.History)), "epoch is", "epochs are"))
		}
		_, err := fmt.Fprintf(out, "reproduced %s bit for bit: %s\n", path, what)
		return err
	}
	for _, d := range differences {
		fmt.Fprintln(out, d)
	}
	causes := record.Machine.Differ(t.Machine)
	for _, d := range causes {
		fmt.Fprintln(out, d)
	}
	if len(causes) == 0 {
		return errors.Errorf("%s came out otherwise, with the same data, instruction set, threads and versions", path)
	}
	return errors.Errorf("%s came out otherwise: see what differs", path)
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/runs"
)

// readSettings reads a run's settings.
func readSettings(run string) (s recipes.Record, err error) {
	return s, runs.Settings(run, &s)
}

// readRun takes all settings from the run that --resume names. Flags that would
// change them are refused.
func (t *training) readRun(c *cobra.Command) (err error) {
	allowed := map[string]bool{"resume": true, "json": true, "quiet": true, "data-dir": true, "checkpoint-every": true, "serve": true}
	fault := ""
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && !allowed[f.Name] && fault == "" {
			fault = f.Name
		}
	})
	if fault != "" {
		return errors.Errorf("--%s can't be given with --resume: a run goes on by its own settings", fault)
	}
	dataDir, every := t.DataDir, t.CheckpointEvery
	if _, err = readSettings(t.resume); err != nil { // says so if it is no run
		return errors.WithMessage(err, "--resume")
	}
	// A setting that this program doesn't know would be left out of the training.
	if t.Record, err = recipes.ReadRecord(filepath.Join(t.resume, runs.ConfigFile), recipes.Recipe{}); err != nil {
		return errors.WithMessage(err, "--resume")
	}
	if dataDir != "" {
		t.DataDir = dataDir
	}
	if every != "" {
		t.CheckpointEvery = every
	}
	t.out = t.resume
	return nil
}

// checkFolder finds out early whether the run's folder can be written.
func (t *training) checkFolder() error {
	if t.out == noFolder || t.resume != "" {
		return nil
	}
	if t.out == "" {
		var err error
		t.out, err = runs.Fresh(runsFolder, t.Arch, time.Now())
		t.fresh = err == nil
		return err
	}
	return errors.WithMessage(atomicfile.Folder(t.out), "--out")
}

// open makes the run's folder, or opens it and puts its state into cfg.
func (t *training) open(c *cobra.Command, p *recipes.Prepared) (*runs.Dir, error) {
	if t.out == noFolder {
		return nil, nil
	}
	t.Machine = recipes.Here(p.Data)
	rc := runs.Config{Settings: t.Record, Description: p.Description, Examine: true}
	var err error
	if rc.Every, rc.EverySteps, err = checkpointEvery(t.CheckpointEvery); err != nil {
		return nil, err
	}
	if t.resume == "" {
		return runs.Create(t.out, rc)
	}
	dir, state, err := runs.Resume(t.out, rc)
	if state != nil {
		for _, b := range state.Damaged {
			fmt.Fprintln(c.ErrOrStderr(), "demo: passed over a damaged checkpoint:", b)
		}
	}
	if err != nil {
		return nil, errors.WithMessage(err, "--resume")
	}
	was, err := readSettings(t.out)
	if err != nil {
		_ = dir.Close()
		return nil, errors.WithMessage(err, "--resume")
	}
	for _, line := range was.Machine.Differ(t.Machine) {
		fmt.Fprintf(c.ErrOrStderr(), "demo: the run was begun otherwise, its numbers will differ in the last digits: %s\n", line)
	}
	p.Config.Resume = state.File
	if !t.json && !t.quiet {
		from := "the beginning: the run was stopped before its first checkpoint"
		if state.File != nil {
			from = filepath.Base(state.Path)
		}
		fmt.Fprintln(c.OutOrStdout(), "going on from", from)
	}
	return dir, nil
}

// checkpointEvery reads --checkpoint-every: a number of steps, a time, or nothing
// for what is usual.
func checkpointEvery(text string) (every time.Duration, steps int, err error) {
	if text == "" {
		return 0, 0, nil
	}
	if steps, err := strconv.Atoi(text); err == nil && steps > 0 {
		return -1, steps, nil
	}
	if every, err := time.ParseDuration(text); err == nil && every > 0 {
		return every, 0, nil
	}
	return 0, 0, errors.Errorf(`--checkpoint-every is %q, want a number of steps such as 500, or a time such as 90s or 10m`, text)
}

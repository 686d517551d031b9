package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/live"
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/trainer"
)

// usualAddress is where --serve puts the page: on this machine, for itself alone.
const usualAddress = "127.0.0.1:8080"

// changesFile is where a run's folder says what viewers of its page changed.
const changesFile = "changes.jsonl"

// openPage starts the page that shows training, if one is wanted.
func (t *training) openPage(c *cobra.Command, p recipes.Prepared) (*live.Server, error) {
	if t.serve == "" {
		return nil, nil
	}
	cfg := live.Config{Title: p.Architecture.Title, Normalization: p.Data.Normalization}
	if t.out != noFolder {
		cfg.Folder = t.out
		if t.resume != "" {
			var err error
			if cfg.Changes, err = changesOf(t.out); err != nil {
				fmt.Fprintln(c.ErrOrStderr(), "demo:", err) // they are to be shown alone: the checkpoint has the rate
			}
		}
		cfg.Changed = func(ch live.Change) error { return keepChange(t.out, ch) }
	}
	page := live.New(cfg)
	url, err := page.Listen(t.serve)
	if err != nil {
		return nil, errors.WithMessage(err, "--serve")
	}
	tellAddress(c.ErrOrStderr(), url, t.serve)
	return page, nil
}

func tellAddress(out io.Writer, url, address string) {
	fmt.Fprintln(out, "live page:", url)
	if live.Beyond(address) {
		fmt.Fprintln(out, "demo: the page can be reached from other machines: whoever reaches it can stop the training")
	}
}

// keepChange adds a line to the run's list of changes.
func keepChange(run string, ch live.Change) error {
	text, err := json.Marshal(ch)
	if err != nil {
		return errors.Wrap(err, changesFile)
	}
	f, err := os.OpenFile(filepath.Join(run, changesFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return errors.Wrap(err, changesFile)
	}
	_, err = f.Write(append(text, '\n'))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return errors.Wrap(err, changesFile)
}

// changesOf reads the run's list of changes as far as it is whole; there may be none.
func changesOf(run string) (list []live.Change, err error) {
	text, err := os.ReadFile(filepath.Join(run, changesFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, changesFile)
	}
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var ch live.Change
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &ch); err != nil {
			return list, errors.Wrapf(err, "%s: line %d", filepath.Join(run, changesFile), i+1)
		}
		list = append(list, ch)
	}
	return list, nil
}

// linger keeps the page, and the network on it, as long as somebody looks.
func linger(c *cobra.Command, page *live.Server, run *trainer.Run) error {
	if page.Viewers() == 0 {
		return nil
	}
	if err := page.Show(live.Trained{Net: run.Net, Params: run.Kept(), Data: run.Data}); err != nil {
		return err
	}
	fmt.Fprintln(c.ErrOrStderr(), "the live page stays until it is closed, or until Ctrl-C")
	awaitNobody(c.Context(), page)
	return nil
}

// awaitNobody returns when nobody has looked at the page for some seconds.
func awaitNobody(ctx context.Context, page *live.Server) {
	const look = 250 * time.Millisecond
	for gone := time.Duration(0); gone < 5*time.Second; gone += look {
		if page.Viewers() > 0 {
			gone = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
	}
}

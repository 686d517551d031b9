package main

import (
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
)

// usualAddress is where --serve puts the page: on this machine, for itself alone.
const usualAddress = "127.0.0.1:8080"

// changesFile is where a run's folder says what viewers of its page changed.
const changesFile = "changes.jsonl"

// open starts the page that shows training, if one is wanted.
func (t *training) openPage(c *cobra.Command, p recipes.Prepared) (*live.Server, error) {
	if t.serve == "" {
		return nil, nil
	}
	cfg := live.Config{Title: p.Architecture.Title, Normalization: p.Data.Normalization}
	if t.out != noFolder {
		cfg.Folder = t.out
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

// linger keeps the page as long as somebody looks at it.
func linger(c *cobra.Command, page *live.Server) {
	if page.Viewers() == 0 {
		return
	}
	fmt.Fprintln(c.ErrOrStderr(), "the live page stays until it is closed, or until Ctrl-C")
	for gone := time.Duration(0); gone < 5*time.Second; gone += 250 * time.Millisecond {
		if page.Viewers() > 0 {
			gone = 0
		}
		select {
		case <-c.Context().Done():
			return
		case <-time.After(250 * time.Millisecond):
		}
	}
}

package runs

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stheno-ml/stheno/trainer"
)

// A run that goes on from before its last epochs shortens what is on disk. Killed
// in the middle of that, it must not leave a table that is ahead of the history; a
// table that can't be written stops it at the same place.
func TestShorterTableComesFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	three := trainer.History{{Epoch: 1}, {Epoch: 2}, {Epoch: 3}}
	if err := d.history(three, HistoryFile, TableFile); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(path, TableFile)
	if err := os.Remove(table); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(table, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := d.start(&trainer.Run{History: three[:2]}); err == nil {
		t.Fatal("the table was written over a folder")
	}
	lines, err := os.ReadFile(filepath.Join(path, HistoryFile))
	if n := bytes.Count(lines, []byte("\n")); err != nil || n != 3 {
		t.Errorf("the history has %d lines before the table is shorter, want 3 (%v)", n, err)
	}
}

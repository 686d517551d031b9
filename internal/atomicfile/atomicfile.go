// Package atomicfile writes files whole or not at all: whatever happens on the
// way, a power cut included, the path holds either what it held before or all of
// the new content.
package atomicfile

import (
	"io"
	"os"
	"path/filepath"
)

// Write puts content into the file at path. See Stream.
func Write(path string, content []byte) error {
	return Stream(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// Stream puts what f writes into the file at path: into a temporary file of the
// same folder, which is synced to the disk and then takes the path's place by one
// rename; then the folder is synced. A file that is replaced keeps its
// permissions, a new one has 0644.
//
// An error before the rename is a NotCommittedError: the old content stands, and
// the temporary file is gone if it could be removed. One of the folder's sync is
// a NotDurableError: the new content stands, but a power cut might still bring the
// old one back.
func Stream(path string, f func(io.Writer) error) error { return StreamOn(OS, path, f) }

// TempSuffix is the ending of temporary files, which begin with a dot. One that a
// crash left behind belongs to nobody.
const TempSuffix = ".tmp"

// NotCommittedError says that a file holds what it held before.
type NotCommittedError struct {
	Path string
	Err  error
}

func (e *NotCommittedError) Error() string {
	return "writing " + e.Path + ": not committed: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *NotCommittedError) Unwrap() error { return e.Err }

// NotDurableError says that a file holds its new content, which a power cut might
// still take back.
type NotDurableError struct {
	Path string
	Err  error
}

func (e *NotDurableError) Error() string {
	return "writing " + e.Path + ": not yet durable: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *NotDurableError) Unwrap() error { return e.Err }

// StreamOn is Stream on a file system.
func StreamOn(fsys FS, path string, f func(io.Writer) error) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	mode := os.FileMode(0o644)
	if m, err := fsys.Mode(path); err == nil {
		mode = m
	}
	tmp, err := fsys.CreateTemp(dir, "."+name+".", TempSuffix)
	if err != nil {
		return &NotCommittedError{path, err}
	}
	err = f(tmp)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = fsys.Rename(tmp.Name(), path)
	}
	if err != nil {
		fsys.Remove(tmp.Name())
		return &NotCommittedError{path, err}
	}
	if err := fsys.SyncFolder(dir); err != nil {
		return &NotDurableError{path, err}
	}
	return nil
}

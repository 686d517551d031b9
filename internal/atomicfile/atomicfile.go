// Package atomicfile writes files whole or not at all: whatever happens on the
// way, a power cut included, the path holds either what it held before or all of
// the new content.
package atomicfile

import (
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
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
// An error before the rename says "not committed": the old content stands, and
// the temporary file is gone. One of the folder's sync says "not yet durable":
// the new content stands, but a power cut might still bring the old one back.
func Stream(path string, f func(io.Writer) error) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(dir, "."+name+".*.tmp")
	if err != nil {
		return errors.Wrapf(err, "writing %s: not committed", path)
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
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
		return errors.Wrapf(err, "writing %s: not committed", path)
	}
	return errors.Wrapf(syncFolder(dir), "writing %s: not yet durable", path)
}

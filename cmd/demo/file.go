package main

import (
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// writeFile writes a whole file or nothing: what was there before stays until
// the new content is complete on disk.
func writeFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return errors.Wrapf(err, "writing %s", path)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return errors.Wrapf(err, "writing %s", path)
}

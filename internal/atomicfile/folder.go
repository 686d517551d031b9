package atomicfile

import (
	"os"

	"github.com/pkg/errors"
)

// Folder makes a folder and those above it where needed and tries to write into
// it, so that an hour's work does not end at a folder that can't be written.
func Folder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return errors.Wrapf(err, "the folder %s can't be made", dir)
	}
	tmp, err := os.CreateTemp(dir, ".writable.*"+TempSuffix)
	if err != nil {
		return errors.Wrapf(err, "the folder %s can't be written", dir)
	}
	if err := tmp.Close(); err != nil {
		return errors.Wrapf(err, "the folder %s can't be written", dir)
	}
	return errors.Wrapf(os.Remove(tmp.Name()), "the folder %s can't be written", dir)
}

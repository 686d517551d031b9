package atomicfile

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

// MakeFolder makes a folder and those above it where needed, and makes their names
// durable.
func MakeFolder(dir string) error {
	above := filepath.Dir(filepath.Clean(dir))
	_, err := os.Stat(dir)
	if err == nil || !os.IsNotExist(err) || above == dir {
		return os.MkdirAll(dir, 0o755) // which says what is wrong
	}
	if err := MakeFolder(above); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return syncFolder(above)
}

// RemoveTemp removes what writes that were killed left behind in a folder. Nobody
// else may write there.
func RemoveTemp(dir string) {
	entries, err := OS.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if name := e.Name(); Temp(name) {
			_ = OS.Remove(filepath.Join(dir, name)) // a leftover costs room only
		}
	}
}

// Temp reports whether a file of that name is a temporary one.
func Temp(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, TempSuffix)
}

// Folder makes a folder and those above it where needed and tries to write into
// it, so that an hour's work does not end at a folder that can't be written.
func Folder(dir string) error {
	if err := MakeFolder(dir); err != nil {
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

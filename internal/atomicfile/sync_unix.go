//go:build unix

package atomicfile

import (
	"os"
	"syscall"

	"github.com/pkg/errors"
)

// syncFolder makes the names in a folder durable. File systems that can't sync a
// folder are left alone.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

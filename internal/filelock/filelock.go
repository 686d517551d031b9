// Package filelock locks a file between processes. The system drops the lock of
// a process that dies, so nothing is ever left behind.
package filelock

import (
	"os"

	"github.com/pkg/errors"
)

// ErrLocked says that another process, or this one, holds the lock.
var ErrLocked = errors.New("locked by another process")

// Lock is a lock that is held.
type Lock struct{ file *os.File }

// Try takes the lock of the file at path, which it makes when it is missing, or
// returns ErrLocked at once. The file stays when the lock is released: removing it
// would let two processes hold locks of two files of one name.
func Try(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, errors.Wrap(err, "lock")
	}
	if err := try(f); err != nil {
		f.Close()
		return nil, errors.WithMessage(err, path)
	}
	return &Lock{f}, nil
}

// Release gives the lock up.
func (l *Lock) Release() error { return l.file.Close() }

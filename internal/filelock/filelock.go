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
// returns ErrLocked at once.
func Try(path string) (*Lock, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, errors.Wrap(err, "lock")
		}
		if err := try(f); err != nil {
			f.Close()
			return nil, errors.WithMessage(err, path)
		}
		// Whoever held it may have removed the file since it was opened: then the
		// lock is one of a file that nobody else will find.
		mine, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, errors.Wrap(err, "lock")
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(mine, there) {
			return &Lock{f}, nil
		}
		f.Close()
	}
}

// Release gives the lock up and leaves its file.
func (l *Lock) Release() error { return l.file.Close() }

// Remove removes the lock's file, where the system removes open files, and gives
// the lock up.
func (l *Lock) Remove() error {
	_ = os.Remove(l.file.Name()) // what is left costs a name only
	return l.file.Close()
}

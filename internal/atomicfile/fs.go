package atomicfile

import (
	"io"
	"io/fs"
	"os"
)

// FS is what writing files safely needs of a file system. Tests put in one that
// fails or forgets what was not synced.
type FS interface {
	// CreateTemp makes a new file of a name that begins with prefix and ends
	// with suffix.
	CreateTemp(dir, prefix, suffix string) (File, error)
	Rename(from, to string) error
	Remove(path string) error
	// SyncFolder makes the names in a folder durable.
	SyncFolder(dir string) error
	ReadFile(path string) ([]byte, error)
	ReadDir(dir string) ([]fs.DirEntry, error)
	Mode(path string) (os.FileMode, error)
}

// File is a file that is being written.
type File interface {
	io.Writer
	Name() string
	Chmod(os.FileMode) error
	Sync() error
	Close() error
}

// OS is the operating system's file system, which tests may replace while they
// run.
var OS FS = osFS{}

type osFS struct{}

func (osFS) CreateTemp(dir, prefix, suffix string) (File, error) {
	return os.CreateTemp(dir, prefix+"*"+suffix)
}
func (osFS) Rename(from, to string) error              { return os.Rename(from, to) }
func (osFS) Remove(path string) error                  { return os.Remove(path) }
func (osFS) SyncFolder(dir string) error               { return syncFolder(dir) }
func (osFS) ReadFile(path string) ([]byte, error)      { return os.ReadFile(path) }
func (osFS) ReadDir(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }
func (osFS) Mode(path string) (os.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}

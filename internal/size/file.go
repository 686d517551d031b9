package size

import (
	"io"
	"os"

	"github.com/pkg/errors"
)

// ReadFile reads a whole file. It refuses what is none, such as a device or a pipe,
// which may have no end, and a file that the machine's memory can't hold.
func ReadFile(path string) ([]byte, error) {
	f, n, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := Fit(path, n, 1); err != nil {
		return nil, err
	}
	content := make([]byte, n)
	k, err := io.ReadFull(f, content)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // it became shorter
		err = nil
	}
	return content[:k], err
}

// OpenFile opens a file for reading and says how many bytes it has. It refuses what
// is no file.
func OpenFile(path string) (*os.File, int, error) {
	// Opening a pipe would wait for whoever writes to it.
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.Errorf("%s: want a file, found one of type %v", path, info.Mode().Type())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err == nil && int64(int(info.Size())) != info.Size() {
		err = errors.Errorf("%s has %d bytes, more than this machine can address", path, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, int(info.Size()), nil
}

package size

import (
	"io"
	"os"

	"github.com/pkg/errors"
)

// ReadFile reads a whole file. It refuses what is none, such as a device or a pipe,
// which may have no end, and a file that the machine's memory can't hold.
func ReadFile(path string) ([]byte, error) {
	// Opening a pipe would wait for whoever writes to it.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Errorf("%s: want a file, found one of type %v", path, info.Mode().Type())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	n := info.Size()
	if int64(int(n)) != n {
		return nil, errors.Errorf("%s has %d bytes, more than this machine can address", path, n)
	}
	if err := Fit(path, int(n), 1); err != nil {
		return nil, err
	}
	content := make([]byte, n)
	k, err := io.ReadFull(f, content)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // it became shorter
		err = nil
	}
	return content[:k], err
}

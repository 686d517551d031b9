package size

import (
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// Room is the number of bytes that this process may still write below a folder,
// which need not be there yet. known is false where the system does not tell.
// Tests may replace it.
var Room = func(dir string) (bytes int64, known bool) {
	for {
		if _, err := os.Stat(dir); err == nil {
			return room(dir)
		}
		above := filepath.Dir(dir)
		if above == dir {
			return 0, false
		}
		dir = above
	}
}

// FitDisk refuses what the disk of a folder has no room for.
func FitDisk(what, dir string, bytes int64) error {
	if has, known := Room(dir); known && has < bytes {
		return errors.Errorf("%s takes %d bytes (%s), the disk of %s has %d free (%s)",
			what, bytes, Text(float64(bytes)), dir, has, Text(float64(has)))
	}
	return nil
}

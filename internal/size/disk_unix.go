//go:build linux || darwin

package size

import (
	"math"
	"math/bits"

	"golang.org/x/sys/unix"
)

// room asks for the blocks that those who are not the superuser may use.
func room(dir string) (int64, bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	hi, lo := bits.Mul64(s.Bavail, uint64(s.Bsize))
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64, true
	}
	return int64(lo), true
}

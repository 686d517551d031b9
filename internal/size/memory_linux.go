package size

import (
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func limits() []int64 {
	var all []int64
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		all = append(all, int64(info.Totalram)*int64(max(info.Unit, 1)))
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(file); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				all = append(all, n)
			}
		}
	}
	var space unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &space) == nil && space.Cur < math.MaxInt64 {
		all = append(all, int64(space.Cur))
	}
	return all
}

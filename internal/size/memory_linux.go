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
		// Go's runtime has reserved much of it before anything is allocated.
		all = append(all, max(1, int64(space.Cur)-reserved()))
	}
	return all
}

// reserved is how much address space this process has now.
func reserved() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _, _ := strings.Cut(string(text), " ")
	n, err := strconv.ParseInt(pages, 10, 64)
	if err != nil {
		return 0
	}
	return n * int64(os.Getpagesize())
}

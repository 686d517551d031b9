package size

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func free() []int64 {
	var all []int64
	if kib, ok := numberIn("/proc/meminfo", "MemAvailable:"); ok {
		all = append(all, kib<<10)
	}
	// Pages of files that nobody looked at lately count as used, but go when there
	// is need.
	for _, group := range []struct{ folder, limit, used, cache string }{
		{"/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"},
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"},
	} {
		limit, ok := numberIn(filepath.Join(group.folder, group.limit), "")
		used, known := numberIn(filepath.Join(group.folder, group.used), "")
		if !ok || !known {
			continue
		}
		cache, _ := numberIn(filepath.Join(group.folder, "memory.stat"), group.cache)
		all = append(all, max(0, limit-max(0, used-cache)))
	}
	return all
}

// numberIn reads the number after a word in a file, or the file's only one.
func numberIn(file, word string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if word != "" {
			if len(fields) < 2 || fields[0] != word {
				continue
			}
			fields = fields[1:]
		}
		if len(fields) == 0 {
			return 0, false
		}
		n, err := strconv.ParseInt(fields[0], 10, 64)
		return n, err == nil && n >= 0
	}
	return 0, false
}

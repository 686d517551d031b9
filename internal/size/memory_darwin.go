package size

import "golang.org/x/sys/unix"

func limits() []int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return nil
	}
	return []int64{int64(n)}
}

package hugepages

import "golang.org/x/sys/unix"

func ask(b []byte) {
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // a kernel without them says so: as good as an answer
}

package hugepages

import (
	"testing"
	"unsafe"
)

// Whole pages lie within the slice, start at a multiple of their size, and what
// is left over on either side is less than one.
func TestWholePages(t *testing.T) {
	all := make([]float32, 4*Page)
	for _, at := range []int{0, 1, 1000, Page/4 - 1, Page / 4, 3 * Page / 7} {
		for _, n := range []int{0, 1, Page/4 - 1, Page / 4, Page / 2, Page, 3*Page + 5} {
			if at+n > len(all) {
				continue
			}
			s := all[at : at+n]
			from, bytes := whole(s)
			if bytes == 0 {
				if 4*n >= 2*Page {
					t.Errorf("%d floats from %d on have no whole page", n, at)
				}
				continue
			}
			begin, end := uintptr(unsafe.Pointer(&s[0])), uintptr(unsafe.Pointer(&s[0]))+uintptr(4*n)
			first, last := uintptr(from), uintptr(from)+uintptr(bytes)
			if first%Page != 0 || bytes%Page != 0 || first < begin || last > end || first-begin >= Page || end-last >= Page {
				t.Errorf("%d floats from %d on: [%#x, %#x) of [%#x, %#x)", n, at, first, last, begin, end)
			}
		}
	}
}

// Asking leaves what is in the slice.
func TestAskKeepsValues(t *testing.T) {
	s := make([]int64, Page)
	for i := range s {
		s[i] = int64(i)
	}
	Ask(s)
	for i, v := range s {
		if v != int64(i) {
			t.Fatalf("element %d is %d", i, v)
		}
	}
	Ask[float32](nil)
}

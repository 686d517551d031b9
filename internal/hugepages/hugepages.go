// Package hugepages asks for large slices to lie on large pages of memory. A
// thread that reads a matrix once from memory, as a linear layer for one image
// does, spends a good part of its time on finding pages of 4 kB: their addresses
// are looked up one by one, and the processor's own asking ahead ends with each.
package hugepages

import "unsafe"

// Page is the size of a large page that is asked for, in bytes.
const Page = 2 << 20

// Ask asks the system to keep a slice on large pages, as far as whole ones lie
// in it. It should come between the slice's making and its first use: memory that
// was used before stays as it is until the system gets round to it. A system that
// has no such pages, or does not want to give them, ignores it.
func Ask[E any](s []E) {
	if from, bytes := whole(s); bytes > 0 {
		ask(unsafe.Slice((*byte)(from), bytes))
	}
}

// whole is where the whole large pages of a slice begin, and their bytes.
func whole[E any](s []E) (from unsafe.Pointer, bytes int) {
	begin := unsafe.Pointer(unsafe.SliceData(s))
	lead := int(-uintptr(begin) % Page)
	bytes = len(s)*int(unsafe.Sizeof(*new(E))) - lead
	if bytes < Page {
		return nil, 0
	}
	return unsafe.Add(begin, lead), bytes &^ (Page - 1)
}

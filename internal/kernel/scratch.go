package kernel

import "unsafe"

// scratchList lends buffers that kernels need for the length of a call.
type scratchList[E any] struct{ freeList[[]E] }

var (
	scratch32  scratchList[float32]
	scratch64  scratchList[float64]
	scratchInt scratchList[int32]
)

// take returns a slice of length n with whatever the last user left in it.
func (l *scratchList[E]) take(n int) []E {
	l.Lock()
	best := -1
	for i, b := range l.free {
		if cap(b) >= n && (best < 0 || cap(b) < cap(l.free[best])) {
			best = i
		}
	}
	if best < 0 {
		if len(l.free) > 16 { // all too small: drop the oldest
			l.free = append(l.free[:0], l.free[1:]...)
		}
		l.Unlock()
		return make([]E, n)
	}
	b := l.free[best]
	l.free[best] = l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	l.Unlock()
	return b[:n]
}

func (l *scratchList[E]) give(b []E) {
	if cap(b) > 0 {
		l.freeList.give(b[:0])
	}
}

// takeFloats lends n elements of either kind.
func takeFloats[T Float](n int) []T {
	if isSingle[T]() {
		s := scratch32.take(n)
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(s))), n)
	}
	s := scratch64.take(n)
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(s))), n)
}

func giveFloats[T Float](s []T) {
	if isSingle[T]() {
		scratch32.give(float32s(s))
		return
	}
	scratch64.give(unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(s))), len(s)))
}

// grow returns a slice of length n, *s itself if it is long enough.
func grow[E any](s *[]E, n int) []E {
	if cap(*s) < n {
		*s = make([]E, n)
	}
	return (*s)[:n]
}

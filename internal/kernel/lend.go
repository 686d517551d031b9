package kernel

import (
	"sync"
	"unsafe"
)

// What kernels need again and again is lent: jobs and work areas by type, and
// buffers by length. What was given back is kept, so that a steady load
// allocates nothing. A sync.Pool would lose it to every collection of garbage,
// and it is large. It is as much as was ever in use at once, but no more than
// mostKept of a type: more callers than that at a time allocate.
const mostKept = 64

// borrow lends a T: one that was given back, or a new one.
func borrow[T any]() *T { return loansOf[T]().borrow() }

// giveBack takes it again and clears it, lest it keep tensors alive.
func giveBack[T any](t *T) { loansOf[T]().giveBack(t) }

// maker is what a T may be that is made once and then lent, as one that binds
// its methods to call them on several threads.
type maker interface{ made() }

// keeper is what a T may be that has parts to keep when it is given back:
// cleared is called instead of setting it to zero.
type keeper interface{ cleared() }

// loans has what was given back of a type.
type loans[T any] struct {
	sync.Mutex
	free  []*T
	keeps bool // T is a keeper
}

// allLoans has a *loans[T] under a nil *T.
var allLoans sync.Map

func loansOf[T any]() *loans[T] {
	key := any((*T)(nil))
	l, ok := allLoans.Load(key)
	if !ok {
		_, keeps := key.(keeper)
		l, _ = allLoans.LoadOrStore(key, &loans[T]{keeps: keeps})
	}
	return l.(*loans[T])
}

func (l *loans[T]) borrow() *T {
	l.Lock()
	if last := len(l.free) - 1; last >= 0 {
		t := l.free[last]
		l.free = l.free[:last]
		l.Unlock()
		return t
	}
	l.Unlock()
	t := new(T)
	if m, ok := any(t).(maker); ok {
		m.made()
	}
	return t
}

func (l *loans[T]) giveBack(t *T) {
	if l.keeps {
		any(t).(keeper).cleared()
	} else {
		var zero T
		*t = zero
	}
	l.Lock()
	if len(l.free) < mostKept {
		l.free = append(l.free, t)
	}
	l.Unlock()
}

// scratchList lends buffers that kernels need for the length of a call.
type scratchList[E any] struct {
	sync.Mutex
	free [][]E
}

var (
	scratch32  scratchList[float32]
	scratch64  scratchList[float64]
	scratchInt scratchList[int32]
)

// take returns a slice of length n, of the smallest that are long enough, with
// whatever the last user left in it.
func (l *scratchList[E]) take(n int) []E {
	l.Lock()
	best := -1
	for i, b := range l.free {
		if cap(b) >= n && (best < 0 || cap(b) < cap(l.free[best])) {
			best = i
		}
	}
	if best < 0 {
		if len(l.free) > mostKept/4 { // all too small: drop the oldest
			l.free = append(l.free[:0], l.free[1:]...)
		}
		l.Unlock()
		return make([]E, n)
	}
	b := l.free[best]
	last := len(l.free) - 1
	l.free[best], l.free[last] = l.free[last], nil
	l.free = l.free[:last]
	l.Unlock()
	return b[:n]
}

func (l *scratchList[E]) give(b []E) {
	if cap(b) == 0 {
		return
	}
	l.Lock()
	if len(l.free) < mostKept {
		l.free = append(l.free, b[:0])
	}
	l.Unlock()
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

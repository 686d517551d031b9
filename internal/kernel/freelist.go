package kernel

import "sync"

// freeList keeps what kernels need again and again between their calls, so
// that a steady load allocates nothing. Unlike a sync.Pool it keeps it through
// collections: what it holds is large, and as much as was ever in use at once.
type freeList[T any] struct {
	sync.Mutex
	free []T
}

// take returns what was given last, or false if there is nothing.
func (l *freeList[T]) take() (t T, ok bool) {
	l.Lock()
	defer l.Unlock()
	n := len(l.free)
	if n == 0 {
		return t, false
	}
	t = l.free[n-1]
	l.free = l.free[:n-1]
	return t, true
}

func (l *freeList[T]) give(t T) {
	l.Lock()
	l.free = append(l.free, t)
	l.Unlock()
}

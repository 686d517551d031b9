package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Float is the set of element types the kernels work on.
type Float interface{ float32 | float64 }

// task is one Parallel call: parts are claimed by index, so each part is run
// exactly once, by whichever worker comes first.
type task struct {
	f     func(part int)
	parts int32
	next  atomic.Int32
	done  sync.WaitGroup
}

func (t *task) work() {
	for {
		i := t.next.Add(1) - 1
		if i >= t.parts {
			return
		}
		t.f(int(i))
		t.done.Done()
	}
}

// workers holds the persistent helper goroutines. The caller of a parallel
// section always works too, so a section on n threads wakes n-1 helpers, and
// a section started inside another one cannot deadlock: at worst its caller
// does all of it.
var workers struct {
	sync.Mutex
	started int
	queue   chan *task
}

func wake(t *task, helpers int) {
	workers.Lock()
	if workers.queue == nil {
		workers.queue = make(chan *task, 256)
	}
	for workers.started < helpers {
		workers.started++
		go func() {
			for t := range workers.queue {
				t.work()
			}
		}()
	}
	workers.Unlock()
	for range helpers {
		select {
		case workers.queue <- t:
		default: // every helper is busy: the caller does the rest
			return
		}
	}
}

// Threads is the number of threads a parallel section is split over:
// GOMAXPROCS at the time of the call.
func Threads() int { return runtime.GOMAXPROCS(0) }

// ForEach calls f(0) ... f(parts-1), on up to Threads() threads, and returns
// when all have finished. The order is not fixed: parts must write to places
// of their own. A part that needs accumulation across parts keeps a partial
// result under its index and the caller adds them up in order, so that
// results do not depend on scheduling.
func ForEach(parts int, f func(part int)) {
	threads := min(Threads(), parts)
	if threads <= 1 {
		for i := range parts {
			f(i)
		}
		return
	}
	t := &task{f: f, parts: int32(parts)}
	t.done.Add(parts)
	wake(t, threads-1)
	t.work()
	t.done.Wait()
}

// Parallel splits [0, n) into at most Threads() contiguous ranges of at least
// grain elements and calls f on each. The split depends on n, grain and
// Threads() alone.
func Parallel(n, grain int, f func(lo, hi int)) {
	if n <= 0 {
		return
	}
	parts := min(Threads(), max(1, n/max(grain, 1)))
	if parts <= 1 {
		f(0, n)
		return
	}
	ForEach(parts, func(i int) { f(n*i/parts, n*(i+1)/parts) })
}

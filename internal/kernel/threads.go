package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// runner is a piece of work that can be done in contiguous ranges.
type runner interface{ run(lo, hi int) }

// task is one parallel section: n units of work cut into parts. Parts are
// claimed by index, so each is run exactly once, by whichever thread comes
// first.
type task struct {
	job      runner
	n, parts int
	next     atomic.Int32          // next part to claim
	pending  atomic.Int32          // parts not finished yet
	holders  atomic.Int32          // threads that may still look at this task
	waiting  atomic.Int32          // 0 undecided, 1 the caller sleeps, 2 all finished
	failed   atomic.Pointer[Panic] // the first part's panic
	finished chan struct{}
}

func (t *task) work() {
	for !t.claimed() {
	}
}

// claimed runs parts until none is left to claim, or until one panics: then it
// returns false.
func (t *task) claimed() (all bool) {
	defer t.stopped(&all)
	for {
		pause(claim)
		i := int(t.next.Add(1)) - 1
		if i >= t.parts {
			return true
		}
		t.job.run(t.n*i/t.parts, t.n*(i+1)/t.parts)
		t.end()
	}
}

// stopped counts as finished a part that panicked: the caller waits for all of
// them. It must be deferred directly, or it could not recover.
func (t *task) stopped(all *bool) {
	if *all {
		return
	}
	if r := recover(); r != nil {
		t.failed.CompareAndSwap(nil, caught(r))
	}
	t.end()
}

// end counts a part as finished.
func (t *task) end() {
	pause(finish)
	if t.pending.Add(-1) != 0 {
		return
	}
	pause(decide)
	if !t.waiting.CompareAndSwap(0, 2) {
		pause(signal)
		t.finished <- struct{}{}
	}
}

// release gives the task back for reuse once nobody can look at it any more.
func (t *task) release() {
	pause(release)
	if t.holders.Add(-1) == 0 {
		pause(reuse)
		giveBack(t)
	}
}

func (t *task) made() { t.finished = make(chan struct{}, 1) }

func (t *task) cleared() { t.job = nil }

// worker is a persistent helper goroutine. A section of a network's step
// follows the last one within microseconds, so an idle helper looks out for the
// next one for a moment before it sleeps: waking a sleeping thread costs more
// than a small section's whole work. It yields between looks, so other
// goroutines are not kept waiting.
type worker struct {
	task   atomic.Pointer[task] // nil means idle
	asleep atomic.Bool
	wake   chan struct{}
}

func (w *worker) loop() {
	for {
		t := w.await()
		t.work()
		pause(leave)
		w.task.Store(nil)
		t.release()
	}
}

// await returns the next task. Being woken says nothing about a task: whoever
// offered one may be held back before it wakes the worker, and by then the
// worker has met the task on its own, finished it and fallen asleep. So it
// looks again after every wake.
func (w *worker) await() *task {
	for {
		for range yields {
			for range looksPerYield {
				pause(look)
				if t := w.task.Load(); t != nil {
					return t
				}
			}
			runtime.Gosched()
		}
		pause(doze)
		w.asleep.Store(true)
		pause(lookAgain)
		if t := w.task.Load(); t != nil {
			pause(rise)
			if w.asleep.CompareAndSwap(true, false) {
				return t
			}
		}
		pause(sleep)
		<-w.wake
	}
}

// offer hands t to the worker if it is idle.
func (w *worker) offer(t *task) bool {
	pause(idle)
	if w.task.Load() != nil {
		return false
	}
	pause(hold)
	t.holders.Add(1)
	pause(hand)
	if !w.task.CompareAndSwap(nil, t) {
		pause(unhold)
		t.holders.Add(-1)
		return false
	}
	pause(rouse)
	if w.asleep.CompareAndSwap(true, false) {
		pause(wake)
		w.wake <- struct{}{}
	}
	return true
}

var workers struct {
	sync.Mutex
	list atomic.Pointer[[]*worker]
}

// helpers is the list of at least n workers, started as needed.
func helpers(n int) []*worker {
	if l := workers.list.Load(); l != nil && len(*l) >= n {
		return *l
	}
	workers.Lock()
	defer workers.Unlock()
	var list []*worker
	if l := workers.list.Load(); l != nil {
		list = append(list, *l...)
	}
	for len(list) < n {
		w := &worker{wake: make(chan struct{}, 1)}
		go w.loop()
		list = append(list, w)
	}
	workers.list.Store(&list)
	return list
}

// runParts runs job over [0, n) in the given number of parts. The caller
// works too, so a section started inside another one cannot deadlock: at
// worst its caller does all of it. Where a part panics, on whatever goroutine,
// the others are finished and then the caller panics with a *Panic.
func runParts(n, parts, threads int, job runner) {
	t := borrow[task]()
	t.job, t.n, t.parts = job, n, parts
	t.waiting.Store(0)
	t.pending.Store(int32(parts))
	t.holders.Store(1)
	t.next.Store(0)
	wanted := threads - 1
	for _, w := range helpers(wanted) {
		if wanted == 0 {
			break
		}
		if w.offer(t) {
			wanted--
		}
	}
	t.work()
	t.wait()
	failed := t.failed.Load()
	if failed != nil {
		t.failed.Store(nil)
	}
	t.release()
	if failed != nil {
		panic(failed)
	}
}

func (t *task) wait() {
	for range yields {
		for range looksPerYield {
			pause(settled)
			if t.pending.Load() == 0 {
				return
			}
		}
		runtime.Gosched()
	}
	pause(expect)
	if t.waiting.CompareAndSwap(0, 1) {
		pause(meet)
		<-t.finished
	}
}

// Threads is the number of threads a parallel section is split over:
// GOMAXPROCS at the time of the call.
func Threads() int { return runtime.GOMAXPROCS(0) }

type eachJob struct{ f func(part int) }

func (j *eachJob) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		j.f(i)
	}
}

type rangeJob struct{ f func(lo, hi int) }

func (j *rangeJob) run(lo, hi int) { j.f(lo, hi) }

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
	j := borrow[eachJob]()
	j.f = f
	runParts(parts, parts, threads, j)
	giveBack(j)
}

// Parallel splits [0, n) into at most Threads() contiguous ranges of at least
// grain elements and calls f on each. The split depends on n, grain and
// Threads() alone.
func Parallel(n, grain int, f func(lo, hi int)) {
	parts := split(n, grain)
	if parts <= 1 {
		if n > 0 {
			f(0, n)
		}
		return
	}
	j := borrow[rangeJob]()
	j.f = f
	runParts(n, parts, parts, j)
	giveBack(j)
}

func split(n, grain int) int {
	if n <= grain {
		return 1
	}
	return min(Threads(), max(1, n/max(grain, 1)))
}

// parallel is Parallel for a job held in a struct: unlike a closure, it costs
// no allocation.
func parallel[J any, P interface {
	*J
	runner
}](n, grain int, job J) {
	if n <= 0 {
		return
	}
	j := borrow[J]()
	*j = job
	if parts := split(n, grain); parts <= 1 {
		P(j).run(0, n)
	} else {
		runParts(n, parts, parts, P(j))
	}
	giveBack(j)
}

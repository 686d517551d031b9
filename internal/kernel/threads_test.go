package kernel

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestForEachRunsEveryPartOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 3, 7} {
		withThreads(t, threads)
		for _, parts := range []int{0, 1, 2, 5, 1000} {
			hits := make([]atomic.Int32, parts)
			ForEach(parts, func(i int) { hits[i].Add(1) })
			for i := range hits {
				if n := hits[i].Load(); n != 1 {
					t.Fatalf("%d threads, %d parts: part %d ran %d times", threads, parts, i, n)
				}
			}
		}
	}
}

func TestParallelCoversTheRange(t *testing.T) {
	withThreads(t, 3)
	for _, n := range []int{0, 1, 2, 9, 10, 11, 1000} {
		var sum atomic.Int64
		Parallel(n, 5, func(lo, hi int) {
			if n >= 10 && hi-lo < 5 {
				t.Errorf("n=%d: range [%d,%d) is below the grain", n, lo, hi)
			}
			for i := lo; i < hi; i++ {
				sum.Add(int64(i) + 1)
			}
		})
		if want := int64(n) * int64(n+1) / 2; sum.Load() != want {
			t.Errorf("n=%d: sum %d, want %d", n, sum.Load(), want)
		}
	}
}

func TestSectionsNestAndRunConcurrently(t *testing.T) {
	withThreads(t, 4)
	var total atomic.Int64
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 200 {
				ForEach(4, func(int) {
					Parallel(40, 10, func(lo, hi int) { total.Add(int64(hi - lo)) })
				})
			}
		})
	}
	callers.Wait()
	if want := int64(8 * 200 * 4 * 40); total.Load() != want {
		t.Fatalf("%d units done, want %d", total.Load(), want)
	}
}

// Many callers, more and fewer than there are processors, small sections
// one after the other and within each other.
func TestHammeredSections(t *testing.T) {
	for _, procs := range []int{1, 3, 8} {
		withThreads(t, procs)
		for _, callers := range []int{1, 4, 40} {
			for _, threads := range []int{2, 3, 8} {
				hammer(t, callers, threads, 60*time.Millisecond, fmt.Sprintf("GOMAXPROCS %d, %d callers, %d threads", procs, callers, threads))
			}
		}
	}
}

// hammer lets callers run sections of their own for a while: each part must
// run exactly once before its section returns, also where parts panic.
func hammer(t *testing.T, callers, threads int, during time.Duration, name string) {
	t.Helper()
	end := time.Now().Add(during)
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for round := 0; round == 0 || time.Now().Before(end); round++ {
				hammerOnce(t, c+round, threads, name)
			}
		})
	}
	finished := make(chan struct{})
	go func() { all.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%s: sections hang", name)
	}
}

func hammerOnce(t *testing.T, round, threads int, name string) {
	var hits [7]atomic.Int32
	parts := 2 + round%6
	bad := -1
	if round%5 == 0 {
		bad = parts / 2
	}
	defer func() {
		p, _ := recover().(*Panic)
		if (p != nil) != (bad >= 0) || p != nil && p.Value != bad {
			t.Errorf("%s: part %d panics, got %v", name, bad, p)
		}
		for i := range parts {
			if n := hits[i].Load(); n != 1 {
				t.Errorf("%s: part %d of %d ran %d times", name, i, parts, n)
			}
		}
	}()
	runParts(parts, parts, threads, &eachJob{func(i int) {
		if i == 1 && round%4 == 0 {
			runParts(2, 2, 2, &eachJob{func(int) {}})
		}
		hits[i].Add(1)
		if i == bad {
			panic(bad)
		}
	}})
}

type countJob struct{ total *atomic.Int64 }

func (j *countJob) run(lo, hi int) { j.total.Add(int64(hi - lo)) }

func TestSectionsDoNotAllocate(t *testing.T) {
	withThreads(t, 2)
	var total atomic.Int64
	section := func() { parallel(1000, 10, countJob{&total}) }
	section()
	// A collection during the measurement may empty the free lists once.
	if n := testing.AllocsPerRun(1000, section); n >= 1 {
		t.Errorf("%v allocations a section, want none", n)
	}
}

func BenchmarkEmptySection(b *testing.B) {
	var total atomic.Int64
	for b.Loop() {
		parallel(1000, 10, countJob{&total})
	}
}

package kernel

import (
	"runtime"
	"testing"
)

type lentPlain struct{ data []float32 }

type lentKeeper struct {
	table []int
	data  []float32
	f     func(part int)
}

func (k *lentKeeper) made()      { k.f = k.part }
func (k *lentKeeper) cleared()   { k.data = nil }
func (k *lentKeeper) part(i int) { k.table = append(k.table, i) }

// What is lent again costs nothing, also after collections of garbage, which
// would empty a sync.Pool.
func TestLentAgainAfterCollections(t *testing.T) {
	p, k := borrow[lentPlain](), borrow[lentKeeper]()
	b := scratch32.take(1 << 20)
	giveBack(p)
	giveBack(k)
	scratch32.give(b)
	for range 3 {
		runtime.GC()
	}
	if n := testing.AllocsPerRun(10, func() {
		giveBack(borrow[lentPlain]())
		giveBack(borrow[lentKeeper]())
		scratch32.give(scratch32.take(1 << 20))
	}); n > 0 {
		t.Errorf("lending allocates %v objects", n)
	}
}

// What is given back keeps no tensors alive, but what it says it keeps.
func TestGivenBackIsCleared(t *testing.T) {
	p, k := borrow[lentPlain](), borrow[lentKeeper]()
	p.data, k.data = make([]float32, 1), make([]float32, 1)
	k.f(3)
	giveBack(p)
	giveBack(k)
	if p.data != nil || k.data != nil || len(k.table) != 1 || k.f == nil {
		t.Errorf("given back: %v, and %v with table %v", p.data, k.data, k.table)
	}
}

// A crowd of callers leaves no more than the limit behind.
func TestLoansAreBounded(t *testing.T) {
	var all []*lentPlain
	var buffers [][]float32
	for range 3 * mostKept {
		all = append(all, borrow[lentPlain]())
		buffers = append(buffers, scratch32.take(1))
	}
	for i, j := range all {
		giveBack(j)
		scratch32.give(buffers[i])
	}
	if n, m := len(loansOf[lentPlain]().free), len(scratch32.free); n > mostKept || m > mostKept {
		t.Errorf("%d objects and %d buffers are kept, want at most %d", n, m, mostKept)
	}
}

func BenchmarkBorrow(b *testing.B) {
	for b.Loop() {
		giveBack(borrow[tileWork]())
	}
}

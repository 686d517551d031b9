package datasets

import (
	"iter"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/graph"
)

// Epoch iterates over the batches of an epoch, counted from 0:
//
//	for batch, err := range loader.Epoch(0) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// An image that can't be read ends the loop: its last round has the *ReadError and no batch.
// Epochs may be asked for in any order. A batch is valid until the next iteration. A loop may end
// early: the goroutines that read ahead are gone when it has ended, at the latest when the source
// has finished the images that it is reading then.
func (l *Loader) Epoch(epoch int) iter.Seq2[Batch, error] { return l.EpochFrom(epoch, 0) }

// EpochFrom is Epoch without its first batches: it begins with batch first, which may be the
// number of batches, for none.
func (l *Loader) EpochFrom(epoch, first int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if first < 0 || first > l.Batches() {
			yield(Batch{Index: first}, errors.Errorf("loader: epoch from batch %d, want 0 to %d", first, l.Batches()))
			return
		}
		if l.cfg.Prefetch > 0 && first < l.Batches() {
			l.ahead(epoch, first, yield)
			return
		}
		buffers := l.borrow(1)
		defer l.giveBack(buffers)
		for i := first; i < l.Batches(); i++ {
			n, err := l.fill(epoch, i, buffers[0], nil)
			if err != nil {
				yield(Batch{Index: i}, err)
				return
			}
			if !yield(l.batch(i, n, buffers[0]), nil) {
				return
			}
		}
	}
}

func (l *Loader) batch(i, n int, b buffer) Batch {
	out := Batch{Index: i, N: n, Images: b.images[:n*l.size], Target: graph.Target{Kind: l.kind}}
	if l.kind != graph.ClassLabels {
		out.Target.Values = b.values[:n*l.values]
	} else {
		out.Target.Labels = b.labels[:n]
	}
	return out
}

// borrow returns buffers that no other loop uses.
func (l *Loader) borrow(n int) []buffer {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.free) < n {
		b := buffer{images: make([]float32, l.cfg.Batch*l.size)}
		if l.kind != graph.ClassLabels {
			b.values = make([]float32, l.cfg.Batch*l.values)
		}
		if l.targets == nil {
			b.labels = make([]int, l.cfg.Batch)
		}
		l.free = append(l.free, b)
	}
	rest := len(l.free) - n
	out := append([]buffer(nil), l.free[rest:]...)
	l.free = l.free[:rest]
	return out
}

func (l *Loader) giveBack(b []buffer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, b...)
}

// ahead is Epoch with a goroutine that fills batches before they are asked for.
func (l *Loader) ahead(epoch, first int, yield func(Batch, error) bool) {
	type result struct {
		batch Batch
		err   error
	}
	total := l.Batches()
	prefetch := min(l.cfg.Prefetch, total-first)
	// Besides the batches waiting there is one in the loop's hands and one being filled.
	buffers := l.borrow(prefetch + 2)
	defer l.giveBack(buffers)
	filled, quit := make(chan result, prefetch), make(chan struct{})
	var stop atomic.Bool
	go func() {
		defer close(filled)
		for i := first; i < total; i++ {
			b := buffers[i%len(buffers)]
			n, err := l.fill(epoch, i, b, &stop)
			r := result{Batch{Index: i}, err}
			if err == nil {
				r.batch = l.batch(i, n, b)
			}
			select {
			case filled <- r:
			case <-quit:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	// The goroutine has to be gone before the loop is left, by whatever way: it uses the buffers.
	defer func() {
		stop.Store(true)
		close(quit)
		for range filled {
		}
	}()
	for i := first; i < total; i++ {
		r, ok := <-filled
		if !ok {
			// Not even a panic: the source ended the goroutine, as FailNow of a test does.
			r.err = errors.Errorf("epoch %d, batch %d: %s ended the goroutine that read", epoch, i, l.name)
		}
		if !yield(r.batch, r.err) || r.err != nil {
			return
		}
	}
}

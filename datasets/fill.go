package datasets

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/graph"
)

// ReadError is an image that a Loader could not read.
type ReadError struct {
	Source string // its name
	Epoch  int    // from 0, as Batch and Image
	Batch  int    // in the epoch
	Image  int    // in the source
	Err    error
}

// Error names the place:
//
//	image 17 of flowers (epoch 0, batch 3, counted from 0): no such file
func (e *ReadError) Error() string {
	return fmt.Sprintf("image %d of %s (epoch %d, batch %d, counted from 0): %v", e.Image, e.Source, e.Epoch, e.Batch, e.Err)
}

// Unwrap returns what the source reported.
func (e *ReadError) Unwrap() error { return e.Err }

// errStopped ends the filling of a batch that nobody waits for any more.
var errStopped = errors.New("loader: stopped")

// fill reads batch i of an epoch, and stops before the next image once stop is set.
func (l *Loader) fill(epoch, i int, to buffer, stop *atomic.Bool) (n int, err error) {
	first := i * l.cfg.Batch
	n = min(l.cfg.Batch, l.count-first)
	f := filling{l: l, epoch: epoch, batch: i, first: first, order: l.arrange(epoch), to: to, stop: stop}
	if l.cfg.Workers > 1 && n > 1 {
		err = f.together(n)
	} else {
		for k := 0; k < n && err == nil; k++ {
			err = f.image(k)
		}
	}
	if err == nil && l.mixes() {
		b := Batch{Index: i, N: n, Images: to.images[:n*l.size], Target: graph.Labels(to.labels[:n])}
		_, err = l.cfg.Mix.Batch(l.cfg.Seed, epoch, b, l.shape, l.classes, to.values)
	}
	if err != nil {
		return 0, err
	}
	clear(to.images[n*l.size:])
	if l.kind != graph.ClassLabels {
		clear(to.values[n*l.values:])
	} else {
		clear(to.labels[n:])
	}
	return n, nil
}

// filling is one batch being read.
type filling struct {
	l            *Loader
	epoch, batch int
	first        int // position of the batch's first image in the epoch
	order        []int
	to           buffer
	stop         *atomic.Bool
}

// together reads the n images in several goroutines. Of several errors it returns that of the
// first image, as if they had been read in turn: images are begun in order, and those before a
// failed one are read to their ends.
func (f *filling) together(n int) error {
	g := *f // of its own, so that f stays off the heap where one goroutine reads
	var (
		next   atomic.Int64
		mu     sync.Mutex
		failed = math.MaxInt
		err    error
		all    sync.WaitGroup
		broken atomic.Bool
		read   atomic.Int64
	)
	for range min(g.l.cfg.Workers, n) {
		all.Go(func() {
			for !broken.Load() {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				e := g.image(k)
				read.Add(1)
				if e != nil {
					broken.Store(true)
					mu.Lock()
					if k < failed {
						failed, err = k, e
					}
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if err == nil && read.Load() < int64(n) {
		// Not even a panic: the source ended the goroutine, as FailNow of a test does.
		err = errors.Errorf("epoch %d, batch %d: %s ended the goroutine that read", f.epoch, f.batch, f.l.name)
	}
	return err
}

// image reads the k-th image of the batch.
func (f *filling) image(k int) error {
	if f.stop != nil && f.stop.Load() {
		return errStopped
	}
	l, index := f.l, f.first+k
	if f.order != nil {
		index = f.order[index]
	}
	image, change := f.to.images[k*l.size:(k+1)*l.size:(k+1)*l.size], &l.cfg.Augment
	p := change.placement(l.cfg.Seed, uint64(f.epoch), index)
	var label int
	var err error
	if l.pixels != nil {
		label, err = l.readChanged(uint64(f.epoch), index, image, p)
	} else {
		label, err = l.readImage(index, image, p)
	}
	if change.Cutout > 0 && err == nil {
		x, y := change.hole(l.cfg.Seed, uint64(f.epoch), index, l.shape)
		cut(image, l.shape, change.Cutout, x, y)
	}
	if change.Erasing.Probability > 0 && err == nil {
		r := augment.NewRand(mix64(l.cfg.Seed)+2, uint64(f.epoch), index)
		change.Erasing.Apply(image, l.shape, &r)
	}
	switch {
	case err != nil:
	case l.targets != nil:
		err = l.readTarget(index, f.to.values[k*l.values:(k+1)*l.values:(k+1)*l.values])
	case label < 0 || label >= l.classes:
		err = errors.Errorf("label is %d, want 0 to %d", label, l.classes-1)
	default:
		f.to.labels[k] = label
	}
	if err != nil {
		return &ReadError{Source: l.name, Epoch: f.epoch, Batch: f.batch, Image: index, Err: err}
	}
	return nil
}

// readTarget reads one target that is no label. A panic in the source is an error.
func (l *Loader) readTarget(index int, target []float32) (err error) {
	defer recovered(&err)
	return l.targets.ReadTarget(index, target)
}

// readImage reads one image, moved in its frame. A panic in the source is an error.
func (l *Loader) readImage(index int, image []float32, p placement) (label int, err error) {
	defer recovered(&err)
	switch {
	case l.fast != nil && !p.reflect:
		return l.fast.readPlaced(index, image, p)
	case p == placement{}:
		return l.source.Read(index, image)
	}
	scratch := l.scratch.Get().(*[]float32)
	defer l.scratch.Put(scratch)
	if label, err = l.source.Read(index, *scratch); err != nil {
		return 0, err
	}
	if p.reflect {
		p.applyReflected(image, *scratch, l.shape)
	} else {
		p.apply(image, *scratch, l.shape, l.background)
	}
	return label, nil
}

// recovered makes an error of a panic, where it is deferred.
func recovered(err *error) {
	if v := recover(); v != nil {
		*err = errors.Errorf("panic: %v", v)
	}
}

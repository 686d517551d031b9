package datasets

import (
	"iter"
	"math/rand/v2"

	"github.com/pkg/errors"
)

// LoaderConfig says how a dataset is cut into mini-batches.
type LoaderConfig struct {
	Batch    int     // images per batch; default 128
	Shuffle  bool    // a new order in each epoch; otherwise the dataset's own
	Seed     uint64  // of the order and the augmentation
	DropLast bool    // leave out the last batch when it is not full
	Augment  Augment // random changes; default none
	Prefetch int     // batches that Epoch prepares ahead in a goroutine; default 0: none
}

// Loader cuts a dataset into mini-batches. Batch i of epoch e is a function of the dataset, the
// configuration, e and i: the same in every run, with and without Prefetch. A Loader serves one
// loop at a time.
type Loader struct {
	data    *Dataset
	cfg     LoaderConfig
	size    int // values per image
	scratch []float32

	order []int // of epoch ordered; as long as the dataset
	epoch int
	ready bool // order is filled

	buffers []buffer // for Epoch, made on first use
}

type buffer struct {
	images []float32
	labels []int
}

// Batch is one mini-batch. Its slices belong to the loader and hold until the next iteration.
type Batch struct {
	Images []float32 // (N, C, H, W), normalised
	Labels []int     // (N)
	N      int       // images; fewer than the configured size in a last batch that is not full
}

// Full returns the slices at the configured batch size. The rows from N on are zero: they let a
// program built for full batches run on the last one, and are to be left out of any mean.
func (b Batch) Full() (images []float32, labels []int) {
	return b.Images[:cap(b.Images)], b.Labels[:cap(b.Labels)]
}

// NewLoader returns a loader of the dataset's images. It refuses an empty dataset, negative sizes,
// and DropLast when not even one batch is full.
func NewLoader(d *Dataset, cfg LoaderConfig) (*Loader, error) {
	if cfg.Batch == 0 {
		cfg.Batch = 128
	}
	switch {
	case d == nil || d.Len() == 0:
		return nil, errors.New("loader: the dataset has no images")
	case cfg.Batch < 0:
		return nil, errors.Errorf("loader: batch size is %d, want at least 1", cfg.Batch)
	case cfg.Prefetch < 0:
		return nil, errors.Errorf("loader: prefetch is %d, want at least 0", cfg.Prefetch)
	case cfg.DropLast && cfg.Batch > d.Len():
		return nil, errors.Errorf("loader: no full batch of %d in %d images of %s", cfg.Batch, d.Len(), d.Name)
	}
	c, h, w := d.Shape()
	if pad := cfg.Augment.Pad; pad < 0 || pad >= h || pad >= w {
		return nil, errors.Errorf("loader: augmentation pads %d pixels, want 0 to %d for %dx%d images", pad, min(h, w)-1, h, w)
	}
	return &Loader{data: d, cfg: cfg, size: c * h * w, scratch: make([]float32, d.scratch()), order: make([]int, d.Len())}, nil
}

// Config returns the configuration, with defaults filled in.
func (l *Loader) Config() LoaderConfig { return l.cfg }

// Dataset returns what is loaded.
func (l *Loader) Dataset() *Dataset { return l.data }

// Batches returns the number of batches in an epoch.
func (l *Loader) Batches() int {
	if l.cfg.DropLast {
		return l.data.Len() / l.cfg.Batch
	}
	return (l.data.Len() + l.cfg.Batch - 1) / l.cfg.Batch
}

// Fill writes batch i of an epoch to buffers of the caller and returns the number n of images in
// it. images: (Batch, C, H, W); labels: (Batch); rows from n on are set to zero. It allocates
// nothing.
func (l *Loader) Fill(epoch, i int, images []float32, labels []int) (n int, err error) {
	if i < 0 || i >= l.Batches() {
		return 0, errors.Errorf("loader: batch %d, want 0 to %d", i, l.Batches()-1)
	}
	if len(images) != l.cfg.Batch*l.size || len(labels) != l.cfg.Batch {
		return 0, errors.Errorf("loader: buffers hold %d values and %d labels, want %d and %d for a batch of %d",
			len(images), len(labels), l.cfg.Batch*l.size, l.cfg.Batch, l.cfg.Batch)
	}
	return l.fill(epoch, i, images, labels), nil
}

func (l *Loader) fill(epoch, i int, images []float32, labels []int) (n int) {
	l.arrange(epoch)
	chosen := l.order[i*l.cfg.Batch : min((i+1)*l.cfg.Batch, len(l.order))]
	for k, index := range chosen {
		s := l.data.stored(index)
		l.data.read(s, images[k*l.size:(k+1)*l.size], l.scratch, l.cfg.Augment.placement(l.cfg.Seed, uint64(epoch), index))
		labels[k] = l.data.labels[s]
	}
	clear(images[len(chosen)*l.size:])
	clear(labels[len(chosen):])
	return len(chosen)
}

// arrange puts the images in the order of an epoch.
func (l *Loader) arrange(epoch int) {
	switch {
	case l.ready && (!l.cfg.Shuffle || l.epoch == epoch):
		return
	case l.cfg.Shuffle:
		permute(l.order, rand.NewPCG(l.cfg.Seed, uint64(epoch)))
	default:
		for k := range l.order {
			l.order[k] = k
		}
	}
	l.epoch, l.ready = epoch, true
}

// Epoch iterates over the batches of an epoch, counted from 0. Epochs may be asked for in any
// order. A batch is valid until the next iteration. A loop may end early.
func (l *Loader) Epoch(epoch int) iter.Seq2[int, Batch] {
	return func(yield func(int, Batch) bool) {
		// Besides the batches waiting there is one in the loop's hands and one being filled.
		count := 1
		if l.cfg.Prefetch > 0 {
			count = l.cfg.Prefetch + 2
		}
		for len(l.buffers) < count {
			l.buffers = append(l.buffers, buffer{make([]float32, l.cfg.Batch*l.size), make([]int, l.cfg.Batch)})
		}
		if l.cfg.Prefetch > 0 {
			l.ahead(epoch, yield)
			return
		}
		for i := range l.Batches() {
			b := l.buffers[0]
			if !yield(i, l.batch(b, l.fill(epoch, i, b.images, b.labels))) {
				return
			}
		}
	}
}

func (l *Loader) batch(b buffer, n int) Batch {
	return Batch{Images: b.images[:n*l.size], Labels: b.labels[:n], N: n}
}

// ahead is Epoch with a goroutine that fills batches before they are asked for.
func (l *Loader) ahead(epoch int, yield func(int, Batch) bool) {
	filled, stop := make(chan Batch, l.cfg.Prefetch), make(chan struct{})
	go func() {
		defer close(filled)
		for i := range l.Batches() {
			b := l.buffers[i%len(l.buffers)]
			select {
			case filled <- l.batch(b, l.fill(epoch, i, b.images, b.labels)):
			case <-stop:
				return
			}
		}
	}()
	// The goroutine has to be gone before the loop is left, by whatever way: it uses the buffers.
	defer func() {
		close(stop)
		for range filled {
		}
	}()
	i := 0
	for b := range filled {
		if !yield(i, b) {
			return
		}
		i++
	}
}

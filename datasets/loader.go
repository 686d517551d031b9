package datasets

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// LoaderConfig says how a source is cut into mini-batches.
type LoaderConfig struct {
	Batch    int     // images per batch; default 128
	Shuffle  bool    // a new order in each epoch; otherwise the source's own
	Seed     uint64  // of the order and the augmentation
	DropLast bool    // leave out the last batch when it is not full
	Augment  Augment // random changes; default none
	// Mix blends the images of each batch, after Augment, and makes class probabilities of their
	// labels. Default none. Its source has to have labels.
	Mix      Mix
	Prefetch int // batches that Epoch prepares ahead in a goroutine; default 0: none
	// Workers are the goroutines that read a batch's images, at most 1024. Default 1, and for
	// pictures that are decoded when they are read (PictureFolder) as many as there are processors.
	Workers int
}

// maxWorkers is far more than reading from anywhere gains by.
const maxWorkers = 1024

// Loader cuts a source into mini-batches. Batch i of epoch e is a function of the source, the
// configuration, e and i: the same in every run, with and without Prefetch and Workers. Any number
// of goroutines may use a Loader, and loops over its epochs may be nested.
type Loader struct {
	source     Source
	fast       *Dataset // the source, where it is one: it places images as it reads them
	cfg        LoaderConfig
	name       string
	shape      Shape
	size       int // values per image
	count      int // images
	classes    int
	targets    TargetSource     // the source, where its targets are no labels; otherwise nil
	kind       graph.TargetKind // of the batches' targets
	values     int              // per target; 0 for labels
	background []float32        // a value per channel; nil: 0
	pixels     PixelSource      // the source, where Augment has steps
	steps      augment.Chain    // Augment's, with the size that they make
	levels     []levels         // what pixels are normalised

	order   atomic.Pointer[order]
	scratch sync.Pool // *[]float32 of one image
	changed sync.Pool // *changed: an image's pixels, for steps
	unmixed sync.Pool // *[]int: a batch's labels before Mix, for Fill
	mu      sync.Mutex
	free    []buffer // for Epoch, made on first use
}

// order is the sequence of images in one epoch. It does not change after it was made.
type order struct {
	epoch   int
	indices []int
}

// buffer is memory for a batch: labels or values, as the source's targets are, or both for Mix.
type buffer struct {
	images []float32
	labels []int
	values []float32
}

// Batch is one mini-batch. Its slices belong to the loader and hold until the next iteration.
type Batch struct {
	Index  int          // of the batch in its epoch, from 0
	N      int          // images; fewer than the configured size in a last batch that is not full
	Images []float32    // (N, C, H, W), normalised
	Target graph.Target // Labels (N), or Values for a TargetSource of another kind and with Mix
}

// Full returns images and targets at the configured batch size. The rows from N on are zero: they
// let a program built for full batches run on the last one, and are to be left out of any mean.
func (b Batch) Full() (images []float32, target graph.Target) {
	target = b.Target
	target.Labels, target.Values = target.Labels[:cap(target.Labels)], target.Values[:cap(target.Values)]
	return b.Images[:cap(b.Images)], target
}

// NewLoader returns a loader of the source's images. It refuses an empty source, negative sizes,
// batches that don't fit into memory, and DropLast when not even one batch is full. Length, shape
// and classes are asked once, here.
func NewLoader(source Source, cfg LoaderConfig) (*Loader, error) {
	if isNil(source) {
		return nil, errors.New("loader: there is no source of images")
	}
	if cfg.Batch == 0 {
		cfg.Batch = 128
	}
	if cfg.Workers == 0 {
		cfg.Workers = 1
		if _, files := source.(*PictureFolder); files {
			cfg.Workers = min(runtime.GOMAXPROCS(0), maxWorkers)
		}
	}
	l := &Loader{source: source, cfg: cfg}
	if err := l.describe(); err != nil {
		return nil, errors.WithMessage(err, "loader")
	}
	if err := l.check(); err != nil {
		return nil, errors.WithMessage(err, "loader")
	}
	l.scratch.New = func() any { s := make([]float32, l.size); return &s }
	l.changed.New = func() any { return &changed{} }
	l.unmixed.New = func() any { s := make([]int, l.cfg.Batch); return &s }
	return l, nil
}

// describe asks the source what it has. A panic in it is an error.
func (l *Loader) describe() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Errorf("%T panicked when it was asked for its size: %v", l.source, p)
		}
	}()
	l.fast, _ = l.source.(*Dataset)
	if l.kind, l.values = TargetOf(l.source); l.kind != graph.ClassLabels {
		l.targets = l.source.(TargetSource)
	}
	l.name, l.count, l.shape, l.classes = NameOf(l.source), l.source.Len(), l.source.Shape(), len(l.source.Classes())
	if l.mixes() {
		if l.targets != nil {
			return errors.Errorf("%s has targets of %v, Mix wants %v", l.name, l.kind, graph.ClassLabels)
		}
		l.kind, l.values = graph.ClassProbabilities, l.classes
	}
	if len(l.cfg.Augment.Steps) > 0 {
		l.describePixels()
	}
	if b, ok := l.source.(BackgroundSource); ok {
		l.background = slices.Clone(b.Background())
	}
	return nil
}

func (l *Loader) check() (err error) {
	cfg := l.cfg
	switch {
	case l.count < 1:
		return errors.Errorf("%s has no images", l.name)
	case cfg.Batch < 0:
		return errors.Errorf("batch size is %d, want at least 1", cfg.Batch)
	case cfg.Prefetch < 0:
		return errors.Errorf("prefetch is %d, want at least 0", cfg.Prefetch)
	case cfg.Workers < 0 || cfg.Workers > maxWorkers:
		return errors.Errorf("%d workers, want 1 to %d", cfg.Workers, maxWorkers)
	case cfg.DropLast && cfg.Batch > l.count:
		return errors.Errorf("no full batch of %d in %d images of %s", cfg.Batch, l.count, l.name)
	}
	if l.size, err = l.shape.Size(); err != nil {
		return errors.WithMessage(err, l.name)
	}
	if err := l.checkTargets(); err != nil {
		return errors.WithMessage(err, l.name)
	}
	if err := cfg.Mix.Check(); err != nil {
		return err
	}
	if err := cfg.Augment.Check(l.shape); err != nil {
		return err
	}
	if len(cfg.Augment.Steps) > 0 && l.pixels == nil {
		return errors.Errorf("augmentation takes steps on 8-bit pixels, which %s (%T) doesn't give: want a PixelSource", l.name, l.source)
	}
	if n := len(l.background); n != 0 && n != l.shape.Channels {
		return errors.Errorf("%s has a background of %d values, want %d, one a channel", l.name, n, l.shape.Channels)
	}
	buffers, err := size.Add(cfg.Prefetch, 2)
	if err != nil {
		return errors.WithMessage(err, "prefetch")
	}
	row, err := size.Add(l.size, max(l.values, 0), 2) // values of a sample; a label is as long as two
	if err != nil {
		return err
	}
	if err := size.FitShape("batches", []int{buffers, cfg.Batch, row}, 4); err != nil {
		return err
	}
	if cfg.Shuffle {
		return size.Fit("the order of the images", l.count, 8)
	}
	return nil
}

// mixes tells whether batches are blended.
func (l *Loader) mixes() bool { return l.cfg.Mix != Mix{} }

func (l *Loader) checkTargets() error {
	switch l.kind {
	case graph.ClassLabels:
		if l.classes < 1 {
			return errors.New("its labels want at least one class")
		}
	case graph.ClassProbabilities, graph.MultiLabel:
		if l.values < 1 || l.classes != 0 && l.classes != l.values {
			return errors.Errorf("targets of %v hold %d values, want %d, one a class", l.kind, l.values, max(l.classes, 1))
		}
	case graph.RealValues:
		if l.values < 1 {
			return errors.Errorf("targets of %v hold %d values, want at least 1", l.kind, l.values)
		}
	default:
		return errors.Errorf("its targets are a %v, which is none", l.kind)
	}
	return nil
}

// Config returns the configuration, with defaults filled in.
func (l *Loader) Config() LoaderConfig { return l.cfg }

// Source returns what is loaded.
func (l *Loader) Source() Source { return l.source }

// Target is the kind of the batches' targets and the number of values of one, as TargetSource has
// it: the source's, but class probabilities with Mix.
func (l *Loader) Target() (kind graph.TargetKind, values int) { return l.kind, l.values }

// Batches returns the number of batches in an epoch.
func (l *Loader) Batches() int {
	if l.count == 0 {
		return 0 // of a Loader that NewLoader didn't make
	}
	n := l.count / l.cfg.Batch
	if !l.cfg.DropLast && l.count%l.cfg.Batch > 0 {
		n++
	}
	return n
}

// Fill writes batch i of an epoch to buffers of the caller and returns the number n of images in
// it. images: (Batch, C, H, W); target: of the kind that Target tells, with Labels (Batch) or Values
// for so many samples; rows from n on are set to zero. An image that can't be read is a *ReadError.
// Without Mix, Fill allocates nothing once it was called for the epoch.
func (l *Loader) Fill(epoch, i int, images []float32, target graph.Target) (n int, err error) {
	if i < 0 || i >= l.Batches() {
		return 0, errors.Errorf("loader: batch %d, want 0 to %d", i, l.Batches()-1)
	}
	if target.Kind != l.kind {
		return 0, errors.Errorf("loader: buffers for %v, the targets of %s are %v", target.Kind, l.name, l.kind)
	}
	wantImages, wantTargets := l.cfg.Batch*l.size, l.cfg.Batch*l.values
	got := len(target.Values)
	if l.kind == graph.ClassLabels {
		wantTargets, got = l.cfg.Batch, len(target.Labels)
	}
	if len(images) != wantImages || got != wantTargets {
		return 0, errors.Errorf("loader: buffers hold %d values of images and %d of targets, want %d and %d for a batch of %d",
			len(images), got, wantImages, wantTargets, l.cfg.Batch)
	}
	to := buffer{images, target.Labels, target.Values}
	if l.mixes() {
		labels := l.unmixed.Get().(*[]int)
		defer l.unmixed.Put(labels)
		to.labels = *labels
	}
	return l.fill(epoch, i, to, nil)
}

// arrange returns the order of an epoch's images; nil: as the source has them.
func (l *Loader) arrange(epoch int) []int {
	if !l.cfg.Shuffle {
		return nil
	}
	if o := l.order.Load(); o != nil && o.epoch == epoch {
		return o.indices
	}
	o := &order{epoch: epoch, indices: make([]int, l.count)}
	permute(o.indices, rand.NewPCG(l.cfg.Seed, uint64(epoch)))
	l.order.Store(o)
	return o.indices
}

// Package datasets reads labelled images and hands them out as normalised mini-batches.
//
//	train, test, err := datasets.EmbeddedMNIST()
//	loader, err := datasets.NewLoader(train, datasets.LoaderConfig{Batch: 128, Shuffle: true, Seed: 1})
//	for batch, err := range loader.Epoch(0) {
//		// batch.Images: float32, (N, C, H, W); batch.Target: labels, (N)
//	}
//
// There are MNIST (embedded subset or full) and other published sets, which Fetch downloads (see
// PublishedSets), synthetic images for tests, and New for images of your own in memory. A Dataset is an immutable view of bytes: Subset, Split, Resize,
// Pad, Channels, Normalize and Prepare return further views and copy no pixels. Images from
// anywhere else are a Source: four methods, and a Loader reads them as it does a Dataset.
package datasets

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/internal/size"
)

// Dataset is a list of labelled images of one size: pixels of 0 to 255 in a contiguous
// (N, C, H, W) store, seen through a selection, a geometry and a normalisation. It does not change
// after it was made, so any number of goroutines may read it.
type Dataset struct {
	name     string
	classes  []string
	pixels   []uint8 // (stored images, C, H, W)
	labels   []int   // one per stored image
	selected []int   // which stored images, in which order; nil: all of them
	stored   Shape

	rows, cols []taps        // from stored to visible rows and columns; nil: as stored
	channels   int           // visible
	mix        []float32     // weights of the stored channels in a grey value; nil: each is visible itself
	norm       Normalization // of the visible channels
	levels     []levels      // what bytes are normalised; nil: it is calculated
}

var _ PixelSource = (*Dataset)(nil)

// Config describes images of your own in memory. Nothing of it is copied: don't change the slices
// afterwards.
type Config struct {
	Name    string   // for people: "MNIST"
	Shape   Shape    // of every image
	Pixels  []uint8  // (N, C, H, W), 0 to 255
	Labels  []int    // (N), indices into Classes
	Classes []string // the name of each label
	// Normalization of the pixels; the zero value reads them as 0..1.
	Normalization Normalization
}

// New makes a dataset of images in memory. It refuses sizes that don't agree, labels that are no
// index into the classes, and a normalisation that doesn't fit.
func New(cfg Config) (*Dataset, error) {
	one, err := imageSize(cfg.Name, cfg.Shape)
	if err != nil {
		return nil, err
	}
	want, err := size.Product(len(cfg.Labels), one)
	if err != nil {
		return nil, errors.WithMessage(err, cfg.Name)
	}
	if want != len(cfg.Pixels) {
		return nil, errors.Errorf("%s: %d labels of %v images want %d pixels, found %d",
			cfg.Name, len(cfg.Labels), cfg.Shape, want, len(cfg.Pixels))
	}
	for i, l := range cfg.Labels {
		if l < 0 || l >= len(cfg.Classes) {
			return nil, errors.Errorf("%s: label of image %d is %d, want 0 to %d", cfg.Name, i, l, len(cfg.Classes)-1)
		}
	}
	if err := cfg.Normalization.Check(cfg.Shape.Channels); err != nil {
		return nil, errors.WithMessage(err, cfg.Name)
	}
	d := &Dataset{name: cfg.Name, classes: cfg.Classes, pixels: cfg.Pixels, labels: cfg.Labels, stored: cfg.Shape,
		channels: cfg.Shape.Channels, norm: cfg.Normalization}
	d.tabulate()
	return d, nil
}

// imageSize is the number of values in one image, which has to fit into memory as a network sees it.
func imageSize(name string, s Shape) (int, error) {
	n, err := s.Size()
	if err != nil {
		return 0, errors.WithMessage(err, name)
	}
	return n, size.Fit(fmt.Sprintf("%s: one image of %v", name, s), n, 4)
}

// Name is what the dataset is called in messages.
func (d *Dataset) Name() string { return d.name }

// Classes returns a copy of the classes' names, in the order of their labels.
func (d *Dataset) Classes() []string { return slices.Clone(d.classes) }

// Len returns the number of images; a nil dataset has none.
func (d *Dataset) Len() int {
	if d == nil {
		return 0
	}
	if d.selected != nil {
		return len(d.selected)
	}
	return len(d.labels)
}

// Shape returns the size of every image as a network sees it.
func (d *Dataset) Shape() Shape {
	s := Shape{Channels: d.channels, Height: d.stored.Height, Width: d.stored.Width}
	if d.rows != nil {
		s.Height = len(d.rows)
	}
	if d.cols != nil {
		s.Width = len(d.cols)
	}
	return s
}

// values is the number of values in an image as a network sees it.
func (d *Dataset) values() int {
	s := d.Shape()
	return s.Channels * s.Height * s.Width
}

// String describes the dataset: "MNIST: 60000 images 1x28x28, 10 classes".
func (d *Dataset) String() string {
	return fmt.Sprintf("%s: %d images %v, %d classes", d.name, d.Len(), d.Shape(), len(d.classes))
}

// at translates an index of the view into one of the store.
func (d *Dataset) at(i int) int {
	if d.selected != nil {
		return d.selected[i]
	}
	return i
}

// Labels returns a copy of the labels, one per image.
func (d *Dataset) Labels() []int {
	out := make([]int, d.Len())
	for i := range out {
		out[i] = d.labels[d.at(i)]
	}
	return out
}

// ClassCounts returns how many images each class has.
func (d *Dataset) ClassCounts() []int {
	out := make([]int, len(d.classes))
	for _, l := range d.Labels() {
		out[l]++
	}
	return out
}

// Subset returns the images at the given indices, in that order; an index may occur repeatedly.
func (d *Dataset) Subset(indices []int) (*Dataset, error) {
	out := *d
	out.selected = make([]int, len(indices))
	for k, i := range indices {
		if i < 0 || i >= d.Len() {
			return nil, errors.Errorf("%s: index %d is %d, want 0 to %d", d.name, k, i, d.Len()-1)
		}
		out.selected[k] = d.at(i)
	}
	return &out, nil
}

// Take returns the first n images, or all of them when there are fewer. Prefixes of the embedded
// MNIST and of synthetic datasets are class-balanced.
func (d *Dataset) Take(n int) *Dataset {
	out := *d
	out.selected = make([]int, max(0, min(n, d.Len())))
	for i := range out.selected {
		out.selected[i] = d.at(i)
	}
	return &out
}

// Split parts the dataset at random (seeded) into n held-out images and the rest, for instance
// for validation. Both parts keep the order of d.
func (d *Dataset) Split(n int, seed uint64) (rest, held *Dataset, err error) {
	if n < 0 || n > d.Len() {
		return nil, nil, errors.Errorf("%s: cannot hold out %d of %d images", d.name, n, d.Len())
	}
	order := make([]int, d.Len())
	permute(order, rand.NewPCG(seed, 0))
	slices.Sort(order[:n])
	slices.Sort(order[n:])
	if held, err = d.Subset(order[:n]); err != nil {
		return nil, nil, err
	}
	rest, err = d.Subset(order[n:])
	return rest, held, err
}

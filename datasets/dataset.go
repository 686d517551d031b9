// Package datasets reads labelled images and hands them out as normalised mini-batches.
//
//	train, test, err := datasets.EmbeddedMNIST()
//	loader, err := datasets.NewLoader(train, datasets.LoaderConfig{Batch: 128, Shuffle: true, Seed: 1})
//	for i, batch := range loader.Epoch(0) {
//		// batch.Images: float32, (N, C, H, W); batch.Labels: int, (N)
//	}
//
// There are MNIST (embedded subset or full), CIFAR-10, synthetic images for tests, and New for
// images of your own. A Dataset is an immutable view of bytes: Subset, Split, Resize, Pad,
// Channels and Normalize return further views and copy no pixels.
package datasets

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/pkg/errors"
)

// Dataset is a list of labelled images of one size: pixels of 0 to 255 in a contiguous
// (N, C, H, W) store, seen through a selection, a geometry and a normalisation. It does not change
// after it was made, so any number of goroutines may read it.
type Dataset struct {
	Name    string   // for people: "MNIST"
	Classes []string // name of each label

	pixels   []uint8 // (stored images, C, H, W)
	labels   []int   // one per stored image
	selected []int   // which stored images, in which order; nil: all of them
	c, h, w  int     // of the store

	rows, cols []taps    // from stored to visible rows and columns; nil: as stored
	channels   int       // visible
	mix        []float32 // weights of the stored channels in a grey value; nil: each is visible itself
	mean, std  []float32 // per visible channel, of pixels scaled to 0..1
}

// New makes a dataset of pixels (N, C, H, W), one label per image and one name per class.
// Nothing is copied: don't change the slices afterwards. The normalisation starts as mean 0,
// standard deviation 1, that is, pixels in 0..1.
// It refuses sizes that don't agree and labels that are no index into classes.
func New(name string, pixels []uint8, labels []int, c, h, w int, classes []string) (*Dataset, error) {
	if c < 1 || h < 1 || w < 1 {
		return nil, errors.Errorf("%s: images are %dx%dx%d, want every size at least 1", name, c, h, w)
	}
	if len(labels)*c*h*w != len(pixels) {
		return nil, errors.Errorf("%s: %d labels of %dx%dx%d images want %d pixels, found %d",
			name, len(labels), c, h, w, len(labels)*c*h*w, len(pixels))
	}
	for i, l := range labels {
		if l < 0 || l >= len(classes) {
			return nil, errors.Errorf("%s: label of image %d is %d, want 0 to %d", name, i, l, len(classes)-1)
		}
	}
	d := &Dataset{Name: name, Classes: classes, pixels: pixels, labels: labels, c: c, h: h, w: w, channels: c}
	d.mean, d.std = make([]float32, c), make([]float32, c)
	for i := range d.std {
		d.std[i] = 1
	}
	return d, nil
}

// Len returns the number of images.
func (d *Dataset) Len() int {
	if d.selected != nil {
		return len(d.selected)
	}
	return len(d.labels)
}

// Shape returns channels, height and width of every image as a network sees it.
func (d *Dataset) Shape() (c, h, w int) {
	c, h, w = d.channels, d.h, d.w
	if d.rows != nil {
		h = len(d.rows)
	}
	if d.cols != nil {
		w = len(d.cols)
	}
	return c, h, w
}

// String describes the dataset: "MNIST: 60000 images 1x28x28, 10 classes".
func (d *Dataset) String() string {
	c, h, w := d.Shape()
	return fmt.Sprintf("%s: %d images %dx%dx%d, %d classes", d.Name, d.Len(), c, h, w, len(d.Classes))
}

// stored translates an index of the view into one of the store.
func (d *Dataset) stored(i int) int {
	if d.selected != nil {
		return d.selected[i]
	}
	return i
}

// Labels returns a copy of the labels, one per image.
func (d *Dataset) Labels() []int {
	out := make([]int, d.Len())
	for i := range out {
		out[i] = d.labels[d.stored(i)]
	}
	return out
}

// ClassCounts returns how many images each class has.
func (d *Dataset) ClassCounts() []int {
	out := make([]int, len(d.Classes))
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
			return nil, errors.Errorf("%s: index %d is %d, want 0 to %d", d.Name, k, i, d.Len()-1)
		}
		out.selected[k] = d.stored(i)
	}
	return &out, nil
}

// Take returns the first n images, or all of them when there are fewer. Prefixes of the embedded
// MNIST and of synthetic datasets are class-balanced.
func (d *Dataset) Take(n int) *Dataset {
	out := *d
	out.selected = make([]int, max(0, min(n, d.Len())))
	for i := range out.selected {
		out.selected[i] = d.stored(i)
	}
	return &out
}

// Split parts the dataset at random (seeded) into n held-out images and the rest, for instance
// for validation. Both parts keep the order of d.
func (d *Dataset) Split(n int, seed uint64) (rest, held *Dataset, err error) {
	if n < 0 || n > d.Len() {
		return nil, nil, errors.Errorf("%s: cannot hold out %d of %d images", d.Name, n, d.Len())
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

package main

import (
	"math/rand/v2"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// Stripes is a data source: grey images of stripes under noise, each made when
// it is asked for. What image i shows follows from i alone, so that any number
// of goroutines may read it.
type Stripes struct {
	Images, Side int
	Seed         uint64 // of the noise
}

// Len is the number of images.
func (s Stripes) Len() int { return s.Images }

// Shape is the size of an image.
func (s Stripes) Shape() datasets.Shape {
	return datasets.Shape{Channels: 1, Height: s.Side, Width: s.Side}
}

// Classes are the directions that stripes have.
func (Stripes) Classes() []string { return []string{"horizontal", "vertical", "diagonal"} }

// Read draws image i. The directions follow one another.
func (s Stripes) Read(i int, image []float32) (label int, err error) {
	if i < 0 || i >= s.Images {
		return 0, errors.Errorf("stripes: image %d, want 0 to %d", i, s.Images-1)
	}
	label = i % 3
	noise := rand.New(rand.NewPCG(s.Seed, uint64(i)))
	phase := noise.IntN(4)
	for k := range image {
		row, column := k/s.Side, k%s.Side
		at := [3]int{row, column, row + column}[label] + phase
		image[k] = float32(at/2%2) - 0.5 + float32(noise.NormFloat64()/2)
	}
	return label, nil
}

// Blends lays every image of a source over the next one. A network learns their
// shares from it: class probabilities instead of a label (mixup: Zhang et al.
// 2017, arXiv:1710.09412).
type Blends struct{ datasets.Source }

// shares of image i and of the one after it.
func (Blends) shares(i int) (this, next float32) {
	next = float32(i%5) / 10
	return 1 - next, next
}

// Read blends image i with the next. The label is of no account.
func (b Blends) Read(i int, image []float32) (label int, err error) {
	label, err = b.Source.Read(i, image)
	if err != nil {
		return 0, err
	}
	other := make([]float32, len(image))
	if _, err := b.Source.Read((i+1)%b.Len(), other); err != nil {
		return 0, err
	}
	this, next := b.shares(i)
	for k := range image {
		image[k] = this*image[k] + next*other[k]
	}
	return label, nil
}

// Target says that there is one probability a class.
func (b Blends) Target() (kind graph.TargetKind, values int) {
	return graph.ClassProbabilities, len(b.Classes())
}

// ReadTarget writes the shares of image i and the next.
func (b Blends) ReadTarget(i int, target []float32) error {
	size, err := b.Shape().Size()
	if err != nil {
		return err
	}
	scratch := make([]float32, size)
	label, err := b.Source.Read(i, scratch)
	if err != nil {
		return err
	}
	other, err := b.Source.Read((i+1)%b.Len(), scratch)
	if err != nil {
		return err
	}
	clear(target)
	this, next := b.shares(i)
	target[label] += this
	target[other] += next
	return nil
}

var (
	_ datasets.Source       = Stripes{}
	_ datasets.TargetSource = Blends{}
)

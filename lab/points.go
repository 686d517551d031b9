package lab

import (
	"math"
	"math/rand/v2"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
)

// points are labelled points of the plane, or vectors of any length, as a
// source of "images" that a network reads: (N, size, 1, 1).
type points struct {
	size    int
	x       []float32 // (N, size)
	labels  []int
	classes []string
}

var _ datasets.Source = (*points)(nil)

// Len is the number of points.
func (p *points) Len() int { return len(p.labels) }

// Shape is a channel for each coordinate.
func (p *points) Shape() datasets.Shape {
	return datasets.Shape{Channels: p.size, Height: 1, Width: 1}
}

// Classes are the names of the labels.
func (p *points) Classes() []string { return p.classes }

// Read writes point i.
func (p *points) Read(i int, image []float32) (int, error) {
	if i < 0 || i >= len(p.labels) {
		return 0, errors.Errorf("point %d of %d", i, len(p.labels))
	}
	copy(image, p.x[i*p.size:(i+1)*p.size])
	return p.labels[i], nil
}

// spirals are n points on two arms that turn once around each other, with a
// little noise: no straight line parts them.
func spirals(n int, seed uint64) *points {
	rng := rand.New(rand.NewPCG(seed, 0x5917a1))
	p := &points{size: 2, classes: []string{"one arm", "other arm"}}
	for i := range n {
		arm := i % 2
		t := 0.25 + 0.75*rng.Float64() // along the arm
		angle := 2*math.Pi*t + math.Pi*float64(arm)
		p.x = append(p.x, float32(2*t*math.Cos(angle)+0.08*rng.NormFloat64()), float32(2*t*math.Sin(angle)+0.08*rng.NormFloat64()))
		p.labels = append(p.labels, arm)
	}
	return p
}

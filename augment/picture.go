// Package augment changes training pictures at random, as torchvision's transforms do on pictures of
// 8-bit pixels: cut-outs of any size and proportion, colours, rotations and shears, blur, and the
// policies RandAugment, TrivialAugment and AutoAugment.
//
//	chain := augment.Chain{augment.RandomResizedCrop{}, augment.TrivialAugment{}}
//	loader, err := datasets.NewLoader(folder, datasets.LoaderConfig{
//		Augment: datasets.Augment{Flip: true, Steps: chain, Erasing: augment.Erasing{Probability: 0.25}},
//	})
//
// A Step is a configuration whose zero value has the published settings. A Chain of them has a form
// in JSON:
//
//	["random_resized_crop", {"name": "rand_augment", "magnitude": 12}]
//
// Pixels are rounded and clamped to 0..255 after each operation, as Pillow 13.0.0 has them. Two things
// may differ from it by a level: a picture scaled in both directions, which is scaled along its rows
// first here and not always there, and bilinear shears and rotations, where a coordinate's last bit
// decides. The blur is torchvision's. Of a grey picture, saturation and hue change nothing.
package augment

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/resample"
	"github.com/stheno-ml/stheno/internal/size"
)

// Picture is what steps change: pixels of 0 to 255, (C, H, W), and memory that they work in. One that
// is used again allocates nothing once it has held the largest picture. Not for several goroutines at
// once.
type Picture struct {
	Shape  imaging.Shape // 1 channel (grey) or 3 (red, green, blue)
	Pixels []uint8       // Shape.Size() values

	spare   []uint8 // the next picture while it is made
	blurred []float32
	kernel  []float32
	index   []int32
	resizer resample.Resizer
	counts  [256]int32
}

// Reset makes room for a picture of a shape. The pixels' values are of no meaning then.
func (p *Picture) Reset(s imaging.Shape) error {
	n, err := check(s)
	if err != nil {
		return err
	}
	p.Shape, p.Pixels = s, grown(p.Pixels, n)
	return nil
}

// check refuses shapes that no picture has.
func check(s imaging.Shape) (n int, err error) {
	if s.Channels != 1 && s.Channels != 3 {
		return 0, errors.Errorf("augment: a picture of %v, want 1 channel (grey) or 3 (colour)", s)
	}
	if n, err = s.Size(); err != nil {
		return 0, errors.WithMessage(err, "augment")
	}
	if n <= 1<<24 { // of a usual size: name no place for an error that there won't be
		return n, nil
	}
	return n, size.Fit(fmt.Sprintf("augment: a picture of %v", s), n, 2)
}

// whole tells whether the pixels are as many as the shape wants.
func (p *Picture) whole() error {
	n, err := check(p.Shape)
	if err == nil && len(p.Pixels) != n {
		err = errors.Errorf("augment: %d pixels for a picture of %v, want %d", len(p.Pixels), p.Shape, n)
	}
	return err
}

// area is the number of pixels in a plane.
func (p *Picture) area() int { return p.Shape.Height * p.Shape.Width }

// plane is one channel.
func (p *Picture) plane(c int) []uint8 { return p.Pixels[c*p.area() : (c+1)*p.area()] }

// room is memory for the next picture, of n values; adopt makes it the picture.
func (p *Picture) room(n int) []uint8 {
	p.spare = grown(p.spare, n)
	return p.spare
}

func (p *Picture) adopt(height, width int) {
	p.Shape.Height, p.Shape.Width = height, width
	p.Pixels, p.spare = p.spare, p.Pixels
}

// grown is the slice with n values, of the same memory where that is enough.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Mirror turns left to right.
func (p *Picture) Mirror() {
	w := p.Shape.Width
	for at := 0; at < len(p.Pixels); at += w {
		row := p.Pixels[at : at+w]
		for i, j := 0, w-1; i < j; i, j = i+1, j-1 {
			row[i], row[j] = row[j], row[i]
		}
	}
}

// Move shifts the picture right by dx and down by dy in its frame. What comes in from outside is
// black, or with reflect the mirror image of what is inside, the edge not repeated. Both shifts are
// smaller than the picture.
func (p *Picture) Move(dx, dy int, reflect bool) error {
	h, w := p.Shape.Height, p.Shape.Width
	if max(dx, -dx) >= w || max(dy, -dy) >= h {
		return errors.Errorf("augment: a move by (%d, %d) leaves nothing of a picture of %v", dx, dy, p.Shape)
	}
	out := p.room(len(p.Pixels))
	for c := range p.Shape.Channels {
		from, to := p.plane(c), out[c*h*w:(c+1)*h*w]
		for y := range h {
			sy, row := y-dy, to[y*w:(y+1)*w]
			if !reflect && (sy < 0 || sy >= h) {
				clear(row)
				continue
			}
			in := from[reflected(sy, h)*w:][:w]
			x0, x1 := max(0, dx), min(w, w+dx)
			copy(row[x0:x1], in[x0-dx:x1-dx])
			for x := range x0 {
				row[x] = outside(in, x-dx, reflect)
			}
			for x := x1; x < w; x++ {
				row[x] = outside(in, x-dx, reflect)
			}
		}
	}
	p.adopt(h, w)
	return nil
}

func outside(row []uint8, x int, reflect bool) uint8 {
	if !reflect {
		return 0
	}
	return row[reflected(x, len(row))]
}

// reflected is the index turned back at the ends as often as it takes.
func reflected(i, n int) int {
	if n == 1 {
		return 0
	}
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

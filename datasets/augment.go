package datasets

import (
	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/augment"
)

// Augment changes training images at random. The zero value changes nothing. What happens to an
// image follows from (seed, epoch, index of the image) alone, so neither the order of work nor
// the size of batches matters.
type Augment struct {
	// Flip mirrors an image left to right with probability 1/2.
	Flip bool `json:"flip,omitempty"`
	// Pad moves an image by up to Pad pixels in each direction, independently and uniformly: the
	// same as padding Pad black pixels on each side and taking a random crop of the old size.
	// The pixels are those a network sees, after Resize. For images that are no Dataset, what
	// stands for black is said at BackgroundSource. Default 0.
	Pad int `json:"pad,omitempty"`
	// Reflect fills what comes in from outside with the mirror image of what is inside, the
	// edge not repeated, instead of black.
	Reflect bool `json:"reflect,omitempty"`
	// AlternateFlip mirrors each image once at random in the first epoch, and in every other epoch
	// the other way round: two epochs show each image in both ways (Jordan 2024, arXiv:2404.00498).
	// Instead of Flip.
	AlternateFlip bool `json:"alternate_flip,omitempty"`
	// Cutout sets a square of so many pixels a side to 0, which is the mean colour of normalised
	// pixels. Its centre is anywhere in the image, so it may stick out (DeVries and Taylor 2017,
	// arXiv:1708.04552). Default 0: none.
	Cutout int `json:"cutout,omitempty"`
	// Steps change the image's 8-bit pixels in turn, after it was mirrored and moved and before it is
	// normalised: crops of any size, colours, rotations, policies. They want a PixelSource of 1 or 3
	// channels. A chain that begins with augment.RandomResizedCrop sees images as large as they are
	// stored, and excludes Pad.
	Steps augment.Chain `json:"steps,omitempty"`
	// Erasing takes a random rectangle from the normalised image, after Cutout. Default none.
	Erasing augment.Erasing `json:"erasing,omitzero"`
}

// AugmentCIFAR is the augmentation of He et al. 2015, section 4.2 (arXiv:1512.03385): a random
// crop of the image padded by 4 pixels, mirrored half of the time.
var AugmentCIFAR = Augment{Flip: true, Pad: 4}

// placement draws what happens to image i of the dataset in an epoch.
func (a Augment) placement(seed, epoch uint64, i int) placement {
	if !a.Flip && !a.AlternateFlip && a.Pad == 0 {
		return placement{}
	}
	r := mix64(mix64(mix64(seed)+epoch) + uint64(i))
	p := placement{flip: a.Flip && r>>63 == 1}
	if a.AlternateFlip {
		once := mix64(mix64(seed)+uint64(i)) >> 63
		p.flip = once^(epoch&1) == 1
	}
	if a.Pad > 0 {
		span := uint64(2*a.Pad + 1)
		p.dx = int(r&0x7fffffff%span) - a.Pad
		p.dy = int(r>>31&0x7fffffff%span) - a.Pad
	}
	p.reflect = a.Reflect && (p.dx != 0 || p.dy != 0)
	return p
}

// Check refuses settings that mean nothing for images of a shape.
func (a Augment) Check(s Shape) error {
	switch {
	case a.Pad < 0 || a.Pad >= s.Height || a.Pad >= s.Width:
		return errors.Errorf("augmentation pads %d pixels, want 0 to %d for %v images", a.Pad, min(s.Height, s.Width)-1, s)
	case a.Flip && a.AlternateFlip:
		return errors.New("augmentation flips at random and alternately, want one of both")
	case a.Cutout < 0 || a.Cutout > 2*max(s.Height, s.Width):
		return errors.Errorf("augmentation cuts out %d pixels, want 0 to %d for %v images", a.Cutout, 2*max(s.Height, s.Width), s)
	}
	if err := a.Erasing.Check(); err != nil {
		return errors.WithMessage(err, "augmentation: erasing")
	}
	if len(a.Steps) == 0 {
		return nil
	}
	if s.Channels != 1 && s.Channels != 3 {
		return errors.Errorf("augmentation takes steps on %v images, want 1 channel (grey) or 3 (colour)", s)
	}
	if err := a.Steps.Check(); err != nil {
		return errors.WithMessage(err, "augmentation")
	}
	if !a.Steps.Cuts() {
		return nil
	}
	if a.Pad > 0 {
		return errors.New("augmentation pads, and cuts out of images as large as they are: want one of both")
	}
	crop := a.Steps.Sized(s)[0].(augment.RandomResizedCrop)
	if crop.Height != s.Height || crop.Width != s.Width {
		return errors.Errorf("augmentation: step 0 (%s) makes %dx%d, the images are %v", crop.Name(), crop.Height, crop.Width, s)
	}
	return nil
}

// hole draws the centre of what Cutout takes from image i in an epoch.
func (a Augment) hole(seed, epoch uint64, i int, s Shape) (x, y int) {
	r := mix64(mix64(mix64(mix64(seed)+epoch)+uint64(i)) + 1)
	return int(r & 0x7fffffff % uint64(s.Width)), int(r >> 31 & 0x7fffffff % uint64(s.Height))
}

// cut sets a square around a centre to 0, as far as it is inside.
func cut(image []float32, s Shape, side, x, y int) {
	x0, y0 := max(0, x-side/2), max(0, y-side/2)
	x1, y1 := min(s.Width, x-side/2+side), min(s.Height, y-side/2+side)
	for c := range s.Channels {
		for row := y0; row < y1; row++ {
			at := (c*s.Height + row) * s.Width
			clear(image[at+x0 : at+x1])
		}
	}
}

// applyReflected is apply with the mirror image of what is inside around it.
func (p placement) applyReflected(dst, src []float32, s Shape) {
	h, w := s.Height, s.Width
	for c := range s.Channels {
		from, to := src[c*h*w:(c+1)*h*w], dst[c*h*w:(c+1)*h*w]
		for y := range h {
			sy := reflected(y-p.dy, h)
			in, out := from[sy*w:(sy+1)*w], to[y*w:(y+1)*w]
			for x := range out {
				sx := reflected(x-p.dx, w)
				if p.flip {
					sx = w - 1 - sx
				}
				out[x] = in[sx]
			}
		}
	}
}

// reflected is the index, less than n away from 0 to n-1, turned back at the ends.
func reflected(i, n int) int {
	switch {
	case i < 0:
		return -i
	case i >= n:
		return 2*(n-1) - i
	}
	return i
}

// apply writes the image src (C, H, W), placed, to dst. What comes in from outside is the
// background, one value a channel; nil stands for zeros.
func (p placement) apply(dst, src []float32, s Shape, background []float32) {
	h, w := s.Height, s.Width
	x0, x1 := max(0, p.dx), min(w, w+p.dx)
	for c := range s.Channels {
		from, to := src[c*h*w:(c+1)*h*w], dst[c*h*w:(c+1)*h*w]
		var fill float32
		if background != nil {
			fill = background[c]
		}
		for y := range h {
			out := to[y*w : (y+1)*w]
			if y-p.dy < 0 || y-p.dy >= h || x0 >= x1 {
				flood(out, fill)
				continue
			}
			in := from[(y-p.dy)*w : (y-p.dy+1)*w]
			flood(out[:x0], fill)
			flood(out[x1:], fill)
			if !p.flip {
				copy(out[x0:x1], in[x0-p.dx:x1-p.dx])
				continue
			}
			for x := x0; x < x1; x++ {
				out[x] = in[w-1-(x-p.dx)]
			}
		}
	}
}

func flood(row []float32, v float32) {
	for i := range row {
		row[i] = v
	}
}

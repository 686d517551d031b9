package datasets

// Augment changes training images at random. The zero value changes nothing. What happens to an
// image follows from (seed, epoch, index of the image) alone, so neither the order of work nor
// the size of batches matters.
type Augment struct {
	// Flip mirrors an image left to right with probability 1/2.
	Flip bool
	// Pad moves an image by up to Pad pixels in each direction, independently and uniformly: the
	// same as padding Pad black pixels on each side and taking a random crop of the old size.
	// The pixels are those a network sees, after Resize. For images that are no Dataset, what
	// stands for black is said at BackgroundSource. Default 0.
	Pad int
}

// AugmentCIFAR is the augmentation of He et al. 2015, section 4.2 (arXiv:1512.03385): a random
// crop of the image padded by 4 pixels, mirrored half of the time.
var AugmentCIFAR = Augment{Flip: true, Pad: 4}

// placement draws what happens to image i of the dataset in an epoch.
func (a Augment) placement(seed, epoch uint64, i int) placement {
	if a == (Augment{}) {
		return placement{}
	}
	r := mix64(mix64(mix64(seed)+epoch) + uint64(i))
	p := placement{flip: a.Flip && r>>63 == 1}
	if a.Pad > 0 {
		span := uint64(2*a.Pad + 1)
		p.dx = int(r&0x7fffffff%span) - a.Pad
		p.dy = int(r>>31&0x7fffffff%span) - a.Pad
	}
	return p
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

package datasets

import (
	"image"
	"math"

	"github.com/pkg/errors"
)

// Pictures shows the batch's images as a network sees them, their normalisation undone: pixels that
// are not from 0 to 1 then, such as noise, are clamped. Shape and normalisation are the source's. It
// refuses other than 1 channel (grey) or 3 (colour).
func (b Batch) Pictures(s Shape, n Normalization) ([]image.Image, error) {
	size, err := s.Size()
	if err != nil {
		return nil, errors.WithMessage(err, "pictures of a batch")
	}
	if s.Channels != 1 && s.Channels != 3 {
		return nil, errors.Errorf("pictures of a batch: images of %d channels cannot be shown, only 1 or 3", s.Channels)
	}
	if len(b.Images) != b.N*size {
		return nil, errors.Errorf("pictures of a batch: %d values for %d images of %v", len(b.Images), b.N, s)
	}
	if err := n.Check(s.Channels); err != nil {
		return nil, errors.WithMessage(err, "pictures of a batch")
	}
	out := make([]image.Image, b.N)
	area := s.Height * s.Width
	for k := range out {
		img := image.NewNRGBA(image.Rect(0, 0, s.Width, s.Height))
		for c := range 3 {
			from := c % s.Channels
			mean, std := n.At(from)
			for i, v := range b.Images[k*size+from*area : k*size+(from+1)*area] {
				v = min(max(v*std+mean, 0), 1)
				img.Pix[4*i+c], img.Pix[4*i+3] = uint8(math.Round(float64(v)*255)), 255
			}
		}
		out[k] = img
	}
	return out, nil
}

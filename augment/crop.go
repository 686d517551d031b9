package augment

import (
	"math"

	"github.com/pkg/errors"
)

// RandomResizedCrop cuts a rectangle of random size and proportion out of the picture and scales it,
// bilinear and antialiased, to Height x Width. It is the first step of a chain, and works on pictures
// as they are in their files.
//
// Ten rectangles are drawn until one fits inside; otherwise it is the largest in the middle whose
// proportion is allowed. Szegedy et al. 2014, arXiv:1409.4842, section 6; torchvision.
type RandomResizedCrop struct {
	Height int `json:"height,omitempty"` // 0 and 0: of what the network takes
	Width  int `json:"width,omitempty"`
	// Scale bounds the share of the picture's area; zero: 0.08 to 1.
	Scale [2]float64 `json:"scale,omitzero"`
	// Ratio bounds width by height, drawn uniformly in its logarithm; zero: 3/4 to 4/3.
	Ratio [2]float64 `json:"ratio,omitzero"`
}

// Name is "random_resized_crop".
func (RandomResizedCrop) Name() string { return "random_resized_crop" }

// Check refuses sizes below 0 and bounds that are not positive or the wrong way round.
func (c RandomResizedCrop) Check() error {
	if c.Height < 0 || c.Width < 0 || (c.Height == 0) != (c.Width == 0) {
		return errors.Errorf("size is %dx%d, want both from 1, or none", c.Height, c.Width)
	}
	scale, ratio := c.bounds()
	if !(scale[0] > 0 && scale[0] <= scale[1] && scale[1] <= 1) {
		return errors.Errorf("scale is %g to %g, want it within 0 (excluded) to 1", scale[0], scale[1])
	}
	if !(ratio[0] > 0 && ratio[0] <= ratio[1] && ratio[1] <= 1e6) {
		return errors.Errorf("ratio is %g to %g, want two positive numbers, the smaller first", ratio[0], ratio[1])
	}
	return nil
}

func (c RandomResizedCrop) bounds() (scale, ratio [2]float64) {
	return or(c.Scale, [2]float64{0.08, 1}), or(c.Ratio, [2]float64{3. / 4, 4. / 3})
}

// or is the value, or a default for the zero value.
func or[T comparable](v, standard T) T {
	var zero T
	if v == zero {
		return standard
	}
	return v
}

// Window draws a rectangle inside a picture of height x width.
func (c RandomResizedCrop) Window(height, width int, r *Rand) Window {
	scale, ratio := c.bounds()
	area := float64(height) * float64(width)
	low, high := math.Log(ratio[0]), math.Log(ratio[1])
	for range 10 {
		target := area * r.Between(scale[0], scale[1])
		aspect := math.Exp(r.Between(low, high))
		w := int(math.RoundToEven(math.Sqrt(target * aspect)))
		h := int(math.RoundToEven(math.Sqrt(target / aspect)))
		if w > 0 && w <= width && h > 0 && h <= height {
			return Window{Top: r.Below(height - h + 1), Left: r.Below(width - w + 1), Height: h, Width: w}
		}
	}
	w, h := width, height
	if in := float64(width) / float64(height); in < ratio[0] {
		h = min(height, max(1, int(math.RoundToEven(float64(w)/ratio[0]))))
	} else if in > ratio[1] {
		w = min(width, max(1, int(math.RoundToEven(float64(h)*ratio[1]))))
	}
	return Window{Top: (height - h) / 2, Left: (width - w) / 2, Height: h, Width: w}
}

// Apply cuts and scales.
func (c RandomResizedCrop) Apply(p *Picture, r *Rand) error {
	if c.Height == 0 {
		return errors.New("it has no size")
	}
	return p.ResizeWindow(c.Window(p.Shape.Height, p.Shape.Width, r), c.Height, c.Width)
}

// Flip mirrors a picture left to right.
type Flip struct {
	Probability float64 `json:"probability,omitempty"` // 0: 1/2
}

// Name is "flip".
func (Flip) Name() string { return "flip" }

// Check refuses what is no probability.
func (f Flip) Check() error { return checkProbability(f.Probability) }

// Apply mirrors, or doesn't.
func (f Flip) Apply(p *Picture, r *Rand) error {
	if r.Chance(or(f.Probability, 0.5)) {
		p.Mirror()
	}
	return nil
}

func checkProbability(p float64) error {
	if !(p >= 0 && p <= 1) {
		return errors.Errorf("probability is %g, want 0 to 1", p)
	}
	return nil
}

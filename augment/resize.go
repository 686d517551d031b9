package augment

import (
	"math"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
)

// Window is a rectangle of pixels inside a picture.
type Window struct{ Top, Left, Height, Width int }

// Resize scales the picture by bilinear interpolation, antialiased where it shrinks.
func (p *Picture) Resize(height, width int) error {
	return p.ResizeWindow(Window{Height: p.Shape.Height, Width: p.Shape.Width}, height, width)
}

// ResizeWindow cuts a window out of the picture and scales it (see Resize). No pixel outside of the
// window has a part in the result.
func (p *Picture) ResizeWindow(from Window, height, width int) error {
	if err := p.cuts(from); err != nil {
		return err
	}
	c, w := p.Shape.Channels, p.Shape.Width
	// The picture itself and what lies between the two passes.
	for _, h := range [...]int{height, from.Height} {
		if _, err := check(imaging.Shape{Channels: c, Height: h, Width: width}); err != nil {
			return err
		}
	}
	out := p.room(c * height * width)
	p.resizer.Set(from.Height, from.Width, height, width)
	for k := range c {
		p.resizer.Plane(out[k*height*width:(k+1)*height*width], p.plane(k)[from.Top*w+from.Left:], w)
	}
	p.adopt(height, width)
	return nil
}

// cuts refuses a window that is not inside.
func (p *Picture) cuts(w Window) error {
	if err := p.whole(); err != nil {
		return err
	}
	if w.Top < 0 || w.Left < 0 || w.Height < 1 || w.Width < 1 || w.Height > p.Shape.Height-w.Top || w.Width > p.Shape.Width-w.Left {
		return errors.Errorf("augment: cannot cut %dx%d at row %d, column %d out of a picture of %v", w.Height, w.Width, w.Top, w.Left, p.Shape)
	}
	return nil
}

// Crop cuts a window out.
func (p *Picture) Crop(w Window) error { return p.ResizeWindow(w, w.Height, w.Width) }

// Cover scales the picture, its sides in proportion, so that the shorter one is side, and cuts
// height x width out of its middle, as networks for photographs are tested. A side of 0 is the
// least that covers height x width.
func (p *Picture) Cover(side, height, width int) error {
	if err := p.whole(); err != nil {
		return err
	}
	h, w := p.Shape.Height, p.Shape.Width
	newH, newW, err := Proportion(h, w, side, height, width)
	if err != nil {
		return err
	}
	if err := p.Resize(newH, newW); err != nil {
		return err
	}
	return p.Crop(Window{Top: middle(newH - height), Left: middle(newW - width), Height: height, Width: width})
}

// Proportion is the size to which Cover scales a picture of h x w.
func Proportion(h, w, side, height, width int) (newH, newW int, err error) {
	const most = math.MaxInt32
	if h < 1 || w < 1 || height < 1 || width < 1 || side < 0 || max(h, w, side, height, width) > 1<<24 {
		return 0, 0, errors.Errorf("augment: cannot scale %dx%d to a shorter side of %d for %dx%d", h, w, side, height, width)
	}
	scaled := func(a, b, c int) int { return int(min(int64(a)*int64(b)/int64(c), most)) }
	switch {
	case side > 0 && h <= w:
		newH, newW = side, scaled(side, w, h)
	case side > 0:
		newH, newW = scaled(side, h, w), side
	case int64(w)*int64(height) > int64(h)*int64(width):
		newH, newW = height, max(width, scaled(height, w, h))
	default:
		newH, newW = max(height, scaled(width, h, w)), width
	}
	if newH < height || newW < width {
		return 0, 0, errors.Errorf("augment: a shorter side of %d makes %dx%d of %dx%d, want at least %dx%d", side, newH, newW, h, w, height, width)
	}
	return newH, newW, nil
}

// middle is half of n, halves rounded to even.
func middle(n int) int { return int(math.RoundToEven(float64(n) / 2)) }

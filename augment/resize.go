package augment

import (
	"math"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
)

// fraction is the number of bits behind the point of a weight: 8 bits of pixel and 2 of sign and
// overflow are left of 32.
const fraction = 32 - 8 - 2

// taps are the weights by which n pixels become m, m lists one after the other.
type taps struct {
	from, count []int // first pixel of each, and how many
	weights     []int32
	longest     int // weights lie so far apart
}

// set calculates the weights of linear interpolation from n to m pixels (half-pixel centres), the
// triangle as wide as a new pixel where it shrinks, so that no pixel is skipped.
func (t *taps) set(n, m int) {
	scale := float64(n) / float64(m)
	support := max(scale, 1)
	narrow := 1 / support
	t.longest = int(math.Ceil(support))*2 + 1
	t.from, t.count, t.weights = grown(t.from, m), grown(t.count, m), grown(t.weights, m*t.longest)
	for i := range m {
		centre := (float64(i) + 0.5) * scale
		lo := max(0, int(centre-support+0.5))
		hi := min(n, int(centre+support+0.5))
		var sum float64
		for j := lo; j < hi; j++ {
			sum += triangle((float64(j) - centre + 0.5) * narrow)
		}
		t.from[i], t.count[i] = lo, hi-lo
		row := t.weights[i*t.longest:]
		for j := lo; j < hi; j++ {
			row[j-lo] = int32(0.5 + float64(triangle((float64(j)-centre+0.5)*narrow)/sum*(1<<fraction)))
		}
	}
}

func triangle(x float64) float64 { return max(0, 1-math.Abs(x)) }

// of is the i-th list.
func (t *taps) of(i int) (from int, weights []int32) {
	return t.from[i], t.weights[i*t.longest:][:t.count[i]]
}

// level rounds a sum of weighted pixels.
func level(sum int32) uint8 { return uint8(min(max(sum>>fraction, 0), 255)) }

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
	if height != from.Height {
		p.lines.set(from.Height, height)
	}
	if width != from.Width {
		p.columns.set(from.Width, width)
	}
	for k := range c {
		plane := p.plane(k)[from.Top*w+from.Left:]
		dst := out[k*height*width : (k+1)*height*width]
		switch {
		case height == from.Height && width == from.Width:
			for y := range height {
				copy(dst[y*width:(y+1)*width], plane[y*w:])
			}
		case height == from.Height:
			p.columns.along(dst, plane, w, height, width)
		case width == from.Width:
			p.lines.across(dst, plane, w, height, width)
		default:
			p.rows = grown(p.rows, from.Height*width)
			p.columns.along(p.rows, plane, w, from.Height, width)
			p.lines.across(dst, p.rows, width, height, width)
		}
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

// along resamples rows of src, stride apart.
func (t *taps) along(dst, src []uint8, stride, height, width int) {
	for y := range height {
		in, out := src[y*stride:], dst[y*width:(y+1)*width]
		for x := range out {
			from, weights := t.of(x)
			sum := int32(1) << (fraction - 1)
			pixels := in[from:][:len(weights)]
			for k, v := range pixels {
				sum += int32(v) * weights[k]
			}
			out[x] = level(sum)
		}
	}
}

// across resamples columns of src, whose rows are stride apart.
func (t *taps) across(dst, src []uint8, stride, height, width int) {
	for y := range height {
		from, weights := t.of(y)
		out := dst[y*width : (y+1)*width]
		// A few columns at a time, summed up in registers.
		for x := 0; x < width; x++ {
			sum := int32(1) << (fraction - 1)
			at := from*stride + x
			for _, u := range weights {
				sum += int32(src[at]) * u
				at += stride
			}
			out[x] = level(sum)
		}
	}
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

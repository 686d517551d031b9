package datasets

import (
	"image"
	"image/color"
	"math"

	"github.com/pkg/errors"
)

// Sample writes image i, normalised, to dst (C, H, W) and returns its label.
func (d *Dataset) Sample(i int, dst []float32) (label int, err error) {
	if err := d.check(i); err != nil {
		return 0, err
	}
	c, h, w := d.Shape()
	if len(dst) != c*h*w {
		return 0, errors.Errorf("%s: buffer holds %d values, image %d is %dx%dx%d = %d", d.Name, len(dst), i, c, h, w, c*h*w)
	}
	d.read(d.stored(i), dst, make([]float32, d.scratch()), placement{})
	return d.labels[d.stored(i)], nil
}

func (d *Dataset) check(i int) error {
	if i < 0 || i >= d.Len() {
		return errors.Errorf("%s: image %d, want 0 to %d", d.Name, i, d.Len()-1)
	}
	return nil
}

// placement says how an image is put into its frame: mirrored, then moved right by dx and down by
// dy visible pixels; what moves in from outside is black.
type placement struct {
	flip   bool
	dx, dy int
}

// scratch is the size of the buffer that read needs beside its destination.
func (d *Dataset) scratch() int { return d.w }

// read writes stored image s, placed and normalised, to dst (C, H, W).
func (d *Dataset) read(s int, dst, scratch []float32, p placement) {
	_, h, w := d.Shape()
	size := h * w
	pixels := d.pixels[s*d.c*d.h*d.w : (s+1)*d.c*d.h*d.w]
	plane := func(c int) []uint8 { return pixels[c*d.h*d.w : (c+1)*d.h*d.w] }
	if d.mix == nil {
		for c := range d.c {
			out := dst[c*size : (c+1)*size]
			d.place(plane(c), out, scratch, p, 1, false)
			d.normalize(out, out, c)
		}
		return
	}
	// The last channel holds the raw grey values until the others have read them.
	grey := dst[(d.channels-1)*size:]
	for c, weight := range d.mix {
		d.place(plane(c), grey, scratch, p, weight, c > 0)
	}
	for c := range d.channels {
		d.normalize(dst[c*size:(c+1)*size], grey, c)
	}
}

// normalize: dst = (src/255 - mean) / std.
func (d *Dataset) normalize(dst, src []float32, c int) {
	mean, inv := d.mean[c], 1/d.std[c]
	for i, v := range src[:len(dst)] {
		dst[i] = (v*(1./255) - mean) * inv
	}
}

// place writes weight times a stored plane, resampled and placed, to dst, or adds it there.
func (d *Dataset) place(src []uint8, dst, row []float32, p placement, weight float32, add bool) {
	_, h, w := d.Shape()
	if !add {
		clear(dst)
	}
	// Visible column x of dst shows column x-dx of the unmoved image: only x0 <= x < x1 exist.
	x0, x1 := max(0, p.dx), min(w, w+p.dx)
	for y := max(0, p.dy); y < min(h, h+p.dy); y++ {
		out := dst[y*w+x0 : y*w+x1]
		if !d.row(src, row, y-p.dy, weight) {
			continue
		}
		// Column first+step*k of the unmoved image goes to out[k].
		first, step := x0-p.dx, 1
		if p.flip {
			first, step = w-1-first, -1
		}
		switch {
		case d.cols == nil && !p.flip:
			for k, v := range row[first : first+len(out)] {
				out[k] += v
			}
		case d.cols == nil:
			for k := range out {
				out[k] += row[first-k]
			}
		default:
			for k := range out {
				t := d.cols[first+step*k]
				var sum float32
				for i, v := range row[t.start : t.start+len(t.weights)] {
					sum += v * t.weights[i]
				}
				out[k] += sum
			}
		}
	}
}

// row computes weight times visible row y, not yet resampled along the columns; false: it is black.
func (d *Dataset) row(src []uint8, row []float32, y int, weight float32) bool {
	if d.rows == nil {
		for x, v := range src[y*d.w : (y+1)*d.w] {
			row[x] = weight * float32(v)
		}
		return true
	}
	t := d.rows[y]
	clear(row)
	for k, u := range t.weights {
		u *= weight
		for x, v := range src[(t.start+k)*d.w : (t.start+k+1)*d.w] {
			row[x] += u * float32(v)
		}
	}
	return len(t.weights) > 0
}

// Image returns image i as it is seen (after Resize, Pad and Channels, before normalisation), grey
// for one channel and colour for three.
func (d *Dataset) Image(i int) (image.Image, error) {
	if err := d.check(i); err != nil {
		return nil, err
	}
	c, h, w := d.Shape()
	if c != 1 && c != 3 {
		return nil, errors.Errorf("%s: images of %d channels cannot be shown, only 1 or 3", d.Name, c)
	}
	raw := *d
	raw.mean, raw.std = make([]float32, c), make([]float32, c)
	for k := range raw.std {
		raw.std[k] = 1
	}
	buf := make([]float32, c*h*w)
	raw.read(d.stored(i), buf, make([]float32, d.scratch()), placement{})
	level := func(v float32) uint8 { return uint8(math.Round(float64(min(max(v, 0), 1)) * 255)) }
	if c == 1 {
		img := image.NewGray(image.Rect(0, 0, w, h))
		for k, v := range buf {
			img.Pix[k] = level(v)
		}
		return img, nil
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			k := y*w + x
			img.SetRGBA(x, y, color.RGBA{R: level(buf[k]), G: level(buf[h*w+k]), B: level(buf[2*h*w+k]), A: 255})
		}
	}
	return img, nil
}

// Images returns the images at the given indices, or all of them when none are given.
func (d *Dataset) Images(indices ...int) ([]image.Image, error) {
	if len(indices) == 0 {
		indices = make([]int, d.Len())
		for i := range indices {
			indices[i] = i
		}
	}
	out := make([]image.Image, len(indices))
	for k, i := range indices {
		var err error
		if out[k], err = d.Image(i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Statistics measures mean and standard deviation of each channel over all images as they are
// seen, with pixels scaled to 0..1: what Normalize wants for a dataset of your own.
func (d *Dataset) Statistics() (mean, std []float32, err error) {
	if d.Len() == 0 {
		return nil, nil, errors.Errorf("%s: no images to take statistics of", d.Name)
	}
	c, h, w := d.Shape()
	buf, scratch := make([]float32, c*h*w), make([]float32, d.scratch())
	raw := *d
	raw.mean, raw.std = make([]float32, c), make([]float32, c)
	for k := range raw.std {
		raw.std[k] = 1
	}
	sum, squares := make([]float64, c), make([]float64, c)
	for i := range d.Len() {
		raw.read(d.stored(i), buf, scratch, placement{})
		for k, v := range buf {
			sum[k/(h*w)] += float64(v)
			squares[k/(h*w)] += float64(v) * float64(v)
		}
	}
	n := float64(d.Len() * h * w)
	mean, std = make([]float32, c), make([]float32, c)
	for k := range mean {
		m := sum[k] / n
		mean[k], std[k] = float32(m), float32(math.Sqrt(max(0, squares[k]/n-m*m)))
	}
	return mean, std, nil
}

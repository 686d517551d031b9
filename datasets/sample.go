package datasets

import (
	"image"
	"image/color"
	"math"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/internal/size"
)

// Read writes image i, normalised, to image (C, H, W) and returns its label.
func (d *Dataset) Read(i int, image []float32) (label int, err error) {
	return d.readPlaced(i, image, placement{})
}

// readPlaced is Read with the image moved in its frame. Where the pixels are calculated, a stored
// row is short enough to lie on the stack, so that any number of goroutines may read without an
// allocation.
func (d *Dataset) readPlaced(i int, image []float32, p placement) (label int, err error) {
	if err := d.check(i); err != nil {
		return 0, err
	}
	if want := d.values(); len(image) != want {
		return 0, errors.Errorf("%s: buffer holds %d values, image %d is %v = %d", d.name, len(image), i, d.Shape(), want)
	}
	s := d.at(i)
	if d.levels != nil && d.rows == nil && d.cols == nil {
		d.look(s, image, p)
		return d.labels[s], nil
	}
	var short [512]float32
	row := short[:]
	if d.stored.Width > len(row) {
		row = make([]float32, d.stored.Width)
	}
	d.read(s, image, row[:d.stored.Width], p)
	return d.labels[s], nil
}

// Background is the value of a black pixel in each channel.
func (d *Dataset) Background() []float32 {
	black := make([]float32, d.channels)
	for c := range black {
		d.normalize(black[c:c+1], []float32{0}, c)
	}
	return black
}

func (d *Dataset) check(i int) error {
	if i < 0 || i >= d.Len() {
		return errors.Errorf("%s: image %d, want 0 to %d", d.name, i, d.Len()-1)
	}
	return nil
}

// placement says how an image is put into its frame: mirrored, then moved right by dx and down by
// dy visible pixels; what moves in from outside is black, or reflected.
type placement struct {
	flip    bool
	dx, dy  int
	reflect bool
}

// read writes stored image s, placed and normalised, to dst (C, H, W). scratch holds a stored row.
func (d *Dataset) read(s int, dst, scratch []float32, p placement) {
	shape := d.Shape()
	size, area := shape.Height*shape.Width, d.stored.Height*d.stored.Width
	pixels := d.pixels[s*d.stored.Channels*area : (s+1)*d.stored.Channels*area]
	plane := func(c int) []uint8 { return pixels[c*area : (c+1)*area] }
	if d.mix == nil {
		for c := range d.stored.Channels {
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
	mean, std := d.norm.At(c)
	normalize(dst, src, mean, std)
}

func normalize(dst, src []float32, mean, std float32) {
	inv := 1 / std
	for i, v := range src[:len(dst)] {
		dst[i] = (v*(1./255) - mean) * inv
	}
}

// place writes weight times a stored plane, resampled and placed, to dst, or adds it there.
func (d *Dataset) place(src []uint8, dst, row []float32, p placement, weight float32, add bool) {
	shape := d.Shape()
	h, w := shape.Height, shape.Width
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
	w := d.stored.Width
	if d.rows == nil {
		for x, v := range src[y*w : (y+1)*w] {
			row[x] = weight * float32(v)
		}
		return true
	}
	t := d.rows[y]
	clear(row)
	for k, u := range t.weights {
		u *= weight
		for x, v := range src[(t.start+k)*w : (t.start+k+1)*w] {
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
	shape := d.Shape()
	c, h, w := shape.Channels, shape.Height, shape.Width
	if c != 1 && c != 3 {
		return nil, errors.Errorf("%s: images of %d channels cannot be shown, only 1 or 3", d.name, c)
	}
	raw := *d
	raw.norm = Normalization{}
	raw.tabulate()
	buf := make([]float32, c*h*w)
	if _, err := raw.Read(i, buf); err != nil {
		return nil, err
	}
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
	// Four bytes a pixel, of any channels.
	if err := size.FitShape(d.name+": pictures", []int{len(indices), d.Shape().Height, d.Shape().Width}, 4); err != nil {
		return nil, err
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
// seen, with pixels scaled to 0..1: what Normalize wants for a dataset of your own. A channel whose
// pixels are all equal has deviation 0, which Normalize refuses.
func (d *Dataset) Statistics() (Normalization, error) {
	if d.Len() == 0 {
		return Normalization{}, errors.Errorf("%s: no images to take statistics of", d.name)
	}
	shape := d.Shape()
	c, area := shape.Channels, shape.Height*shape.Width
	raw := *d
	raw.norm = Normalization{}
	raw.tabulate()
	buf := make([]float32, c*area)
	sum, squares := make([]float64, c), make([]float64, c)
	for i := range d.Len() {
		if _, err := raw.Read(i, buf); err != nil {
			return Normalization{}, err
		}
		for k, v := range buf {
			sum[k/area] += float64(v)
			squares[k/area] += float64(v) * float64(v)
		}
	}
	n := float64(d.Len()) * float64(area)
	out := Normalization{Mean: make([]float32, c), Std: make([]float32, c)}
	for k := range c {
		m := sum[k] / n
		out.Mean[k], out.Std[k] = float32(m), float32(math.Sqrt(max(0, squares[k]/n-m*m)))
	}
	return out, nil
}

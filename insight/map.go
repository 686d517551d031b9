package insight

import (
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// Map is a number for every place of an image or of a layer's output, row by row.
type Map struct {
	Height, Width int
	Values        []float32
}

// At is the value at a place.
func (m Map) At(row, column int) float32 { return m.Values[row*m.Width+column] }

// Resize is the map with so many rows and columns, by bilinear interpolation of
// the centres of its elements.
func (m Map) Resize(height, width int) (Map, error) {
	if m.Height < 1 || m.Width < 1 || len(m.Values) != m.Height*m.Width || height < 1 || width < 1 {
		return Map{}, errors.Errorf("insight: a map of %d x %d with %d values to %d x %d", m.Height, m.Width, len(m.Values), height, width)
	}
	out := Map{height, width, make([]float32, height*width)}
	for i := range height {
		y0, y1, fy := between(i, height, m.Height)
		for j := range width {
			x0, x1, fx := between(j, width, m.Width)
			top := m.At(y0, x0)*(1-fx) + m.At(y0, x1)*fx
			bottom := m.At(y1, x0)*(1-fx) + m.At(y1, x1)*fx
			out.Values[i*width+j] = top*(1-fy) + bottom*fy
		}
	}
	return out, nil
}

// between finds the two of n elements that the i-th of size lies between, and the
// share of the second.
func between(i, size, n int) (a, b int, f float32) {
	at := (float64(i)+0.5)*float64(n)/float64(size) - 0.5
	at = min(max(at, 0), float64(n-1))
	a = int(at)
	return a, min(a+1, n-1), float32(at - float64(a))
}

// Image shows the map: from dark to light where no value is below zero, otherwise
// from blue over white, which is zero, to vermillion. The strongest percent of
// the values may be clipped, so that one peak does not hide the rest.
func (m Map) Image() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
	low, high := m.limits()
	for i, v := range m.Values {
		img.SetRGBA(i%m.Width, i/m.Width, shade(v, low, high))
	}
	return img
}

// Over shows the map over a picture: where the map is high the picture is lit,
// elsewhere it is dim and grey. Of a map with values below zero the size counts.
// The map takes the picture's size.
func (m Map) Over(picture image.Image) (*image.RGBA, error) {
	if picture == nil || picture.Bounds().Empty() {
		return nil, errors.New("insight: no picture to lay the map over")
	}
	b := picture.Bounds()
	r, err := m.Resize(b.Dy(), b.Dx())
	if err != nil {
		return nil, err
	}
	for i, v := range r.Values {
		r.Values[i] = float32(math.Abs(float64(v)))
	}
	_, high := r.limits()
	img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for i, v := range r.Values {
		x, y := i%r.Width, i/r.Width
		c := color.RGBAModel.Convert(picture.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
		grey := 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)
		t := 0.0
		if high > 0 {
			t = min(float64(v/high), 1)
		}
		mix := func(v uint8, warm float64) uint8 {
			dim := 0.45*grey*(1-t) + float64(v)*t
			return uint8(min(255, dim+warm*t*t))
		}
		img.SetRGBA(x, y, color.RGBA{mix(c.R, 60), mix(c.G, 30), mix(c.B, 0), 255})
	}
	return img, nil
}

// limits are the ends of the scale: 0 and the 99th percentile, or both signs of
// the 99th percentile of the sizes.
func (m Map) limits() (low, high float32) {
	sizes := make([]float32, 0, len(m.Values))
	negative := false
	for _, v := range m.Values {
		if v == v { // not NaN
			negative = negative || v < 0
			sizes = append(sizes, float32(math.Abs(float64(v))))
		}
	}
	if len(sizes) == 0 {
		return 0, 0
	}
	slices.Sort(sizes)
	high = sizes[(len(sizes)-1)*99/100]
	if high == 0 {
		high = sizes[len(sizes)-1]
	}
	if negative {
		return -high, high
	}
	return 0, high
}

// dark to light, readable in grey as well.
var ramp = []color.RGBA{{0x10, 0x12, 0x2b, 255}, {0x24, 0x3b, 0x6b, 255}, {0x2f, 0x7f, 0x92, 255}, {0x8c, 0xb9, 0x6a, 255}, {0xff, 0xe9, 0xa0, 255}}

// blue, white, vermillion.
var signed = []color.RGBA{{0x00, 0x4c, 0x86, 255}, {0x6f, 0xb1, 0xdb, 255}, {0xf7, 0xf7, 0xf7, 255}, {0xf0, 0x9d, 0x5c, 255}, {0xb0, 0x45, 0x00, 255}}

func shade(v, low, high float32) color.RGBA {
	colours := ramp
	if low < 0 {
		colours = signed
	}
	t := 0.0
	if high > low && v == v {
		t = min(max(float64((v-low)/(high-low)), 0), 1)
	}
	at := t * float64(len(colours)-1)
	i := min(int(at), len(colours)-2)
	f := at - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-f) + float64(b)*f)) }
	a, b := colours[i], colours[i+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// float32s are a tensor's elements.
func float32s(t *tensor.Dense) []float32 {
	switch v := t.Data().(type) {
	case []float32:
		return v
	case []float64:
		out := make([]float32, len(v))
		for i := range v {
			out[i] = float32(v[i])
		}
		return out
	}
	return nil
}

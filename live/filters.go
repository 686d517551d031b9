package live

import (
	"math"

	"github.com/pkg/errors"
)

// filters are a convolution's weights to look at: in colours where the input has
// three channels, otherwise the slice of each filter with the largest norm.
type filters struct {
	Layer int `json:"layer"`
	All   int `json:"all"`
	picture
	Each   int    `json:"each"`   // channels of a filter's picture: 1 or 3
	Scale  number `json:"scale"`  // 255 is +Scale, 1 is -Scale
	Slices []int  `json:"slices"` // input channel shown of each, where Each is 1
}

const mostFilters = 128

func (d *desk) filters(i int) (*filters, error) {
	if i < 0 || i >= len(d.layers) {
		return nil, errors.Errorf("there is no layer %d", i)
	}
	q := d.params.Get(d.layers[i].Path + ".weight")
	if q == nil || q.Value.Dims() != 4 {
		return nil, errors.Errorf("%s has no filters", d.layers[i].Path)
	}
	s, w := q.Value.Shape(), values(q.Value)
	n := min(s[0], mostFilters)
	f := &filters{Layer: i, All: s[0], Each: 1}
	if s[1] == 3 {
		f.Each = 3
	}
	area := s[2] * s[3]
	high := 0.0
	for _, v := range w {
		high = math.Max(high, math.Abs(float64(v)))
	}
	f.Scale = number(high)
	if !(high > 0) || math.IsInf(high, 0) {
		high = 1
	}
	f.picture = picture{Channels: n * f.Each, Height: s[2], Width: s[3], Pixels: make([]byte, 0, n*f.Each*area)}
	for o := range n {
		from, slice := o*s[1]*area, 0
		if f.Each == 1 {
			slice = loudest(w[from:from+s[1]*area], s[1])
			f.Slices = append(f.Slices, slice)
		}
		for _, v := range w[from+slice*area : from+(slice+f.Each)*area] {
			f.Pixels = append(f.Pixels, byte(math.Round(math.Min(math.Max(128+127*float64(v)/high, 0), 255))))
		}
	}
	return f, nil
}

// loudest is the input channel whose weights have the largest norm.
func loudest(w []float32, channels int) int {
	at, high := 0, -1.0
	area := len(w) / channels
	for c := range channels {
		sq := 0.0
		for _, v := range w[c*area : (c+1)*area] {
			sq += float64(v) * float64(v)
		}
		if sq > high {
			at, high = c, sq
		}
	}
	return at
}

package live

import (
	"context"
	"encoding/base64"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/insight"
	"gorgonia.org/tensor"
)

// asked is which image a viewer wants to follow: one of the samples, or a drawing.
type asked struct {
	Image  *int   `json:"image,omitempty"`
	Pixels string `json:"pixels,omitempty"` // base64 of height*width grey bytes
}

// image is the image as the network takes it.
func (d *desk) image(a asked) ([]float32, error) {
	shape := d.data.Shape()
	area := shape.Height * shape.Width
	size := area * shape.Channels
	switch {
	case a.Image != nil && a.Pixels != "":
		return nil, errors.New("want an image or pixels, not both")
	case a.Image != nil:
		if *a.Image < 0 || *a.Image >= len(d.labels) {
			return nil, errors.Errorf("image: there are samples 0 to %d", len(d.labels)-1)
		}
		return d.images[*a.Image*size : (*a.Image+1)*size], nil
	}
	if base64.StdEncoding.DecodedLen(len(a.Pixels)) > area+3 {
		return nil, errors.Errorf("pixels: want %d bytes of %d rows and %d columns", area, shape.Height, shape.Width)
	}
	grey, err := base64.StdEncoding.DecodeString(a.Pixels)
	if err != nil || len(grey) != area {
		return nil, errors.Errorf("pixels: want %d bytes of %d rows and %d columns, base64", area, shape.Height, shape.Width)
	}
	out := make([]float32, size)
	for c := range shape.Channels {
		mean, std := d.cfg.Normalization.At(c)
		for i, b := range grey {
			out[c*area+i] = (float32(b)/255 - mean) / std
		}
	}
	return out, nil
}

// way is an image's way through the network.
type way struct {
	Guesses []guess `json:"guesses"`
	Layers  []maps  `json:"layers"`
	Input   picture `json:"input"`
}

// maps are a layer's outputs for one image.
type maps struct {
	Layer int `json:"layer"`
	All   int `json:"all"` // channels that there are
	By    int `json:"by"`  // every so manieth row and column is shown
	picture
	Signed bool   `json:"signed"` // 128 is 0
	Scale  number `json:"scale"`  // the largest size of a value, 255 (or 1 and 255, signed)
}

const (
	mostMaps      = 32      // of a layer
	mostMapBytes  = 1 << 20 // of all layers
	mostStrip     = 512     // of a layer without height and width
	shownSignedAt = 127
)

// follow runs the network on an image and collects every layer's maps.
func (d *desk) follow(ctx context.Context, a asked) (*way, error) {
	image, err := d.image(a)
	if err != nil {
		return nil, err
	}
	program, err := d.run(ctx, image)
	if err != nil {
		return nil, err
	}
	w := &way{Input: d.picture(image)}
	if d.meta.Labels {
		logits, err := program.Logits()
		if err != nil {
			return nil, err
		}
		w.Guesses = best(insight.Softmax(values(logits)), 5)
	}
	there := map[string]bool{}
	for _, name := range program.TapNames() {
		there[name] = true
	}
	total := 0
	for _, l := range d.meta.Layers {
		if len(l.Out) == 3 && shown(l) {
			by := thin(l.Out)
			total += (l.Out[1] / by) * (l.Out[2] / by)
		}
	}
	most := min(max(mostMapBytes/max(total, 1), 4), mostMaps)
	for i, l := range d.meta.Layers {
		if !shown(l) || !there[l.Path] {
			continue
		}
		t, err := program.Tap(l.Path)
		if err != nil {
			return nil, err
		}
		if m, ok := mapsOf(t, most); ok {
			m.Layer = i
			w.Layers = append(w.Layers, m)
		}
	}
	return w, nil
}

// shown tells whether a layer's maps say something that its neighbours' don't.
func shown(l layer) bool {
	return l.Leaf && l.Role != "drop" && l.Role != "shape" && l.Role != "norm"
}

func thin(out []int) int { return max(1, (max(out[1], out[2])+mostSide-1)/mostSide) }

// mapsOf makes bytes of a tap of one image.
func mapsOf(t *tensor.Dense, most int) (maps, bool) {
	s := t.Shape()
	v := values(t)
	var m maps
	switch len(s) {
	case 4:
		m.All, m.By = s[1], thin(s[1:])
		m.picture = picture{Channels: min(s[1], most), Height: s[2] / m.By, Width: s[3] / m.By}
	case 2:
		m.All, m.By = s[1], 1
		m.picture = picture{Channels: 1, Height: 1, Width: min(s[1], mostStrip)}
		s = tensor.Shape{1, 1, 1, s[1]}
	default:
		return m, false
	}
	area := s[2] * s[3]
	high := 0.0
	for _, x := range v[:min(len(v), max(m.Channels*area, m.Width))] {
		high = math.Max(high, math.Abs(float64(x)))
		m.Signed = m.Signed || x < 0
	}
	m.Scale = number(high)
	if !(high > 0) || math.IsInf(high, 0) {
		high = 1
	}
	m.Pixels = make([]byte, m.Channels*m.Height*m.Width)
	for c := range m.Channels {
		for y := range m.Height {
			for x := range m.Width {
				q := float64(v[c*area+y*m.By*s[3]+x*m.By]) / high
				if m.Signed {
					q = 128 + shownSignedAt*q
				} else {
					q *= 255
				}
				m.Pixels[(c*m.Height+y)*m.Width+x] = byte(math.Round(math.Min(math.Max(q, 0), 255)))
			}
		}
	}
	return m, true
}

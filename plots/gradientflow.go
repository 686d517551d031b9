package plots

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// GradientFlow draws the size of the gradient in each layer, from the input's side (left) to the
// output's, on a logarithmic scale: in a deep network of sigmoids the bars shrink towards the left
// until the first layers learn nothing; skip connections and ReLU keep them level.
//
// names has one entry per layer; every series one norm per layer in Y (X is not looked at), for
// instance a network with and one without skip connections. A norm of 0, or NaN, has no bar.
// It refuses series of other lengths, negative and infinite norms, and no norm above 0 at all.
func GradientFlow(title string, names []string, series ...Series) (*Figure, error) {
	if len(names) == 0 || len(series) == 0 {
		return nil, errors.Errorf("gradient flow %q: %d layers and %d series, want at least one of each", title, len(names), len(series))
	}
	lo, hi := math.Inf(1), 0.0
	for _, s := range series {
		if len(s.Y) != len(names) {
			return nil, errors.Errorf("gradient flow %q: series %q has %d norms for %d layers", title, s.Name, len(s.Y), len(names))
		}
		for i, v := range s.Y {
			if v > largest || v < 0 {
				return nil, errors.Errorf("gradient flow %q: the norm of layer %q in series %q is %g, want 0 to 1e100", title, names[i], s.Name, v)
			}
			if v >= 1/largest { // false for NaN as well: a missing value
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	if hi == 0 {
		return nil, errors.Errorf("gradient flow %q: no norm is above 0", title)
	}
	p := newAxes("")
	p.X.Min, p.X.Max = -0.6, float64(len(names))-0.4
	// The lowest bar has some length too.
	p.Y.Min, p.Y.Max = lo/2, hi
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{}
	wholeDecades(p)
	p.X.Tick.Marker = positionTicks{names, 45}
	p.X.Tick.Label.Font.Size = vg.Points(8.5)
	turn(p, math.Pi/2)
	var longest vg.Length
	for _, name := range names {
		longest = max(longest, p.X.Tick.Label.Width(name))
	}
	var legend []key
	for i, s := range series {
		fill := palette[i%len(palette)]
		p.Add(bars{heights: s.Y, index: i, of: len(series), style: draw.LineStyle{Color: fill}})
		if s.Name != "" {
			legend = append(legend, key{name: s.Name, fill: fill})
		}
	}
	f := one(title, "gradient norm", p, legend)
	f.width = min(max(5.8*vg.Inch, vg.Length(len(names)*len(series))*9+vg.Length(len(names))*5+80), 12*vg.Inch)
	f.height = 3.2*vg.Inch + longest
	return f, nil
}

// bars are one series of a group of several, side by side at 0, 1, 2, ...
type bars struct {
	heights   []float64
	index, of int
	style     draw.LineStyle
}

func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	width := 0.8 / float64(b.of)
	for i, h := range b.heights {
		if !(h >= 1/largest) {
			continue
		}
		x := float64(i) - 0.4 + width*float64(b.index)
		c.FillPolygon(b.style.Color, box(tx(x), c.Min.Y, tx(x+width*0.94), ty(h)))
	}
}

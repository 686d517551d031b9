package plots

import (
	"image/color"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Mark is a place on the x axis that is worth a vertical line.
type Mark struct {
	Name string // for the legend
	At   float64
}

// LearningRates draws the loss over learning rates on a logarithmic axis, as the search for a good
// rate finds it: each step's loss as a point, the smoothed one as a line, and marks. rates rise; all
// three slices are of one length, but smoothed may be nil. Of a loss that explodes at the end only
// the beginning of its rise is shown. It refuses no rates at all, rates that are not above 1e-100
// or do not rise, slices of other lengths, and losses without a finite one.
func LearningRates(title string, rates, loss, smoothed []float64, marks ...Mark) (*Figure, error) {
	if len(rates) == 0 || len(loss) != len(rates) || smoothed != nil && len(smoothed) != len(rates) {
		return nil, errors.Errorf("learning rates %q: %d rates, %d losses and %d smoothed ones, want as many of each", title, len(rates), len(loss), len(smoothed))
	}
	for i, r := range rates {
		if !(r >= 1/largest && r <= largest) {
			return nil, errors.Errorf("learning rates %q: rate %d is %g, want 1e-100 to 1e100", title, i, r)
		}
		if i > 0 && r <= rates[i-1] {
			return nil, errors.Errorf("learning rates %q: rate %d is %g after %g, want a larger one", title, i, r, rates[i-1])
		}
	}
	p := newAxes("learning rate")
	dots := Series{Name: "loss of each step", X: rates, Y: loss}
	shade := lineOf(5)
	if err := addDots(p, dots, shade.Color); err != nil {
		return nil, errors.Wrapf(err, "learning rates %q", title)
	}
	shade.Width, shade.Dashes = vg.Points(2), []vg.Length{vg.Points(2), vg.Points(2)}
	legend := []key{{name: dots.Name, line: shade}}
	shown := loss
	if smoothed != nil {
		style := lineOf(0)
		if err := addLine(p, Series{Name: "smoothed", X: rates, Y: smoothed}, style, false); err != nil {
			return nil, errors.Wrapf(err, "learning rates %q", title)
		}
		legend, shown = append(legend, key{name: "smoothed", line: style}), smoothed
	}
	low, high := beforeExplosion(shown)
	for _, v := range loss {
		if finite(v) {
			low = math.Min(low, v)
		}
	}
	p.X.Min, p.X.Max = rates[0], rates[len(rates)-1]
	if p.X.Min >= p.X.Max {
		p.X.Min, p.X.Max = p.X.Min/1.3, p.X.Min*1.3
	}
	p.Y.Min, p.Y.Max = low, high
	finish(p, false)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logTicks{}
	if len(logTicks{}.Ticks(p.X.Min, p.X.Max)) < 2 {
		p.X.Min, p.X.Max = math.Pow(10, math.Floor(math.Log10(p.X.Min))), math.Pow(10, math.Ceil(math.Log10(p.X.Max)))
	}
	for i, m := range marks {
		if !(m.At >= p.X.Min && m.At <= p.X.Max) {
			return nil, errors.Errorf("learning rates %q: mark %q is at %g, want %g to %g", title, m.Name, m.At, p.X.Min, p.X.Max)
		}
		style := lineOf(i + 1)
		style.Dashes = dashes[1+i%(len(dashes)-1)]
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: m.At, Y: p.Y.Min}, {X: m.At, Y: p.Y.Max}}, LineStyle: style})
		legend = append(legend, key{name: m.Name, line: style})
	}
	return one(title, "loss", p, legend), nil
}

// addDots adds the finite points of a series.
func addDots(p *plot.Plot, s Series, c color.Color) error {
	var points plotter.XYs
	for i, y := range s.Y {
		if finite(y) {
			points = append(points, plotter.XY{X: s.X[i], Y: y})
		}
	}
	if len(points) == 0 {
		return errors.Errorf("series %q has no finite point among %d", s.Name, len(s.Y))
	}
	p.Add(within{&plotter.Scatter{XYs: points, GlyphStyle: draw.GlyphStyle{Color: c, Radius: vg.Points(1.6), Shape: draw.CircleGlyph{}}}})
	return nil
}

// within is a scatter that leaves out the points beyond the axes, which the drawing library would
// draw in the margin.
type within struct{ *plotter.Scatter }

func (w within) Plot(c draw.Canvas, p *plot.Plot) {
	inside := *w.Scatter
	inside.XYs = nil
	for _, q := range w.XYs {
		if q.Y >= p.Y.Min && q.Y <= p.Y.Max {
			inside.XYs = append(inside.XYs, q)
		}
	}
	inside.Plot(c, p)
}

// beforeExplosion is the range of values worth showing: what they take before their lowest, and half
// as much again above for the rise after it.
func beforeExplosion(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	at := 0
	for i, v := range values {
		if finite(v) && v < low {
			low, at = v, i
		}
	}
	for _, v := range values[:at+1] {
		if finite(v) {
			high = math.Max(high, v)
		}
	}
	if high == low { // it only rises
		for _, v := range values {
			if finite(v) {
				high = math.Max(high, v)
			}
		}
		return low, high
	}
	return low, high + (high-low)/2
}

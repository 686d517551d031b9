package plots

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a line of points, or a row of bars.
type Series struct {
	Name string    // for the legend; a single series may do without
	X    []float64 // default: 0, 1, 2, ...
	Y    []float64 // NaN, infinite values and those beyond 1e100 leave a gap
}

// mostPoints is how many points of a line are drawn; a screen shows no more.
const mostPoints = 2000

// dense is how many points make a line whose dashes can't be seen.
const dense = 400

// Curve draws one or more lines over common axes, with markers when points are few.
// It refuses an empty list, and series without a single finite point or with X and Y of different
// lengths.
func Curve(title, xlabel, ylabel string, series ...Series) (*Figure, error) {
	return curve(title, xlabel, ylabel, false, series)
}

// LogCurve is Curve with a logarithmic y axis; values that are not above 1e-100 leave a gap.
func LogCurve(title, xlabel, ylabel string, series ...Series) (*Figure, error) {
	return curve(title, xlabel, ylabel, true, series)
}

func curve(title, xlabel, ylabel string, logarithmic bool, series []Series) (*Figure, error) {
	if len(series) == 0 {
		return nil, errors.Errorf("curve %q: no series", title)
	}
	p := newAxes(xlabel)
	a := axes{title: ylabel, Plot: p}
	for i, s := range series {
		style := lineOf(i)
		if len(s.Y) > dense {
			style.Dashes = nil // no dash survives so many points
		}
		if err := addLine(p, s, style, logarithmic); err != nil {
			return nil, errors.Wrapf(err, "curve %q", title)
		}
		a.end(s, style, logarithmic)
	}
	finish(p, logarithmic)
	f := one(title, ylabel, p, nil)
	f.panels = []panel{a}
	f.settle()
	return f, nil
}

// addLine adds a series to a plot, in pieces where values are missing.
func addLine(p *plot.Plot, s Series, style draw.LineStyle, positive bool) error {
	if s.X != nil && len(s.X) != len(s.Y) {
		return errors.Errorf("series %q has %d x and %d y, want as many", s.Name, len(s.X), len(s.Y))
	}
	var pieces []plotter.XYs
	open, count := false, 0
	for i, y := range s.Y {
		x := float64(i)
		if s.X != nil {
			x = s.X[i]
		}
		if !finite(x) || !finite(y) || positive && y < 1/largest {
			open = false
			continue
		}
		if !open {
			pieces, open = append(pieces, nil), true
		}
		last := len(pieces) - 1
		pieces[last] = append(pieces[last], plotter.XY{X: x, Y: y})
		count++
	}
	if count == 0 {
		return errors.Errorf("series %q has no finite point among %d", s.Name, len(s.Y))
	}
	for _, piece := range pieces {
		if len(piece) > 1 {
			line := &plotter.Line{XYs: thin(piece), LineStyle: style}
			if len(line.XYs) < len(piece) {
				line.Width = vg.Points(0.8)
			}
			p.Add(line)
		}
		if len(piece) == 1 || count <= 25 {
			p.Add(&plotter.Scatter{XYs: piece, GlyphStyle: draw.GlyphStyle{Color: style.Color, Radius: vg.Points(2.4), Shape: draw.CircleGlyph{}}})
		}
	}
	return nil
}

// thin keeps the lowest and the highest of every few points, so that spikes survive.
func thin(xys plotter.XYs) plotter.XYs {
	if len(xys) <= mostPoints {
		return xys
	}
	out := make(plotter.XYs, 0, mostPoints)
	buckets := mostPoints / 2
	for b := range buckets {
		part := xys[b*len(xys)/buckets : (b+1)*len(xys)/buckets]
		lo, hi := 0, 0
		for i, q := range part {
			if q.Y < part[lo].Y {
				lo = i
			}
			if q.Y > part[hi].Y {
				hi = i
			}
		}
		out = append(out, part[min(lo, hi)])
		if lo != hi {
			out = append(out, part[max(lo, hi)])
		}
	}
	return out
}

// largest bounds what is drawn: beyond it, differences of values overflow, and a curve that gets
// there has diverged anyhow. Its inverse bounds logarithmic axes from below.
const largest = 1e100

// finite is false for NaN as well.
func finite(x float64) bool { return math.Abs(x) <= largest }

// finish gives the data some air above and below, and an axis of no length a length.
func finish(p *plot.Plot, logarithmic bool) {
	p.X.Min, p.X.Max = widen(p.X.Min, p.X.Max)
	if logarithmic {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{}
		wholeDecades(p)
		return
	}
	air := 0.05 * (p.Y.Max - p.Y.Min)
	if air == 0 {
		air = math.Max(0.5, math.Abs(p.Y.Max)/10)
	}
	// Losses and accuracies start at zero: don't show room below it.
	low := p.Y.Min - air
	if p.Y.Min >= 0 && low < 0 {
		low = 0
	}
	p.Y.Min, p.Y.Max = low, p.Y.Max+air
}

// widen gives a range without length one that floats of its size can tell apart.
func widen(lo, hi float64) (float64, float64) {
	if lo == hi {
		air := math.Max(0.5, math.Abs(lo)/10)
		return lo - air, hi + air
	}
	return lo, hi
}

// wholeDecades widens a logarithmic y axis so that at least two powers of ten are on it.
func wholeDecades(p *plot.Plot) {
	p.Y.Min, p.Y.Max = p.Y.Min/1.3, p.Y.Max*1.3
	if len(logTicks{}.Ticks(p.Y.Min, p.Y.Max)) < 2 {
		p.Y.Min = math.Pow(10, math.Floor(math.Log10(p.Y.Min)))
		p.Y.Max = math.Pow(10, math.Ceil(math.Log10(p.Y.Max)))
	}
}

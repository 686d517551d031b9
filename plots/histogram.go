package plots

import (
	"image/color"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Histogram draws how values are distributed: weights, activations, gradients. bins is the number
// of bars over the common range; 0 chooses it by Freedman and Diaconis (1981), at most 80. With
// several series each is scaled to its own number of values, so that layers of different sizes
// compare. Values that are not finite are left out; a series without any finite value is an error.
// Only Y of a series is looked at.
func Histogram(title, xlabel string, bins int, series ...Series) (*Figure, error) {
	if len(series) == 0 {
		return nil, errors.Errorf("histogram %q: no values", title)
	}
	if bins < 0 || bins > 1000 {
		return nil, errors.Errorf("histogram %q: %d bins, want 1 to 1000, or 0 to choose", title, bins)
	}
	values := make([][]float64, len(series))
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, s := range series {
		for _, v := range s.Y {
			if finite(v) {
				values[i] = append(values[i], v)
			}
		}
		if len(values[i]) == 0 {
			return nil, errors.Errorf("histogram %q: series %q has no finite value among %d", title, s.Name, len(s.Y))
		}
		slices.Sort(values[i])
		lo, hi = math.Min(lo, values[i][0]), math.Max(hi, values[i][len(values[i])-1])
	}
	lo, hi = widen(lo, hi)
	if bins == 0 {
		for _, v := range values {
			bins = max(bins, freedman(v, lo, hi))
		}
	}
	ylabel := "values"
	if len(series) > 1 {
		ylabel = "share of values"
	}
	p := newAxes(xlabel)
	var legend []key
	for i, v := range values {
		heights := make([]float64, bins)
		unit := 1.0
		if len(series) > 1 {
			unit = 1 / float64(len(v))
		}
		for _, x := range v {
			heights[min(max(int(float64(bins)*((x-lo)/(hi-lo))), 0), bins-1)] += unit
		}
		style := lineOf(i)
		style.Width = vg.Points(1.4)
		p.Add(steps{heights: heights, lo: lo, hi: hi, style: style})
		if series[i].Name != "" {
			legend = append(legend, key{name: series[i].Name, line: style})
		}
	}
	p.Y.Min = 0
	p.Y.Max *= 1.05
	return one(title, ylabel, p, legend), nil
}

// freedman returns the number of bars over lo..hi of a width of 2 IQR / n^(1/3).
func freedman(sorted []float64, lo, hi float64) int {
	n := len(sorted)
	width := 2 * (sorted[3*n/4] - sorted[n/4]) / math.Cbrt(float64(n))
	if !(width > 0) {
		return 20
	}
	return int(math.Min(80, math.Max(5, math.Ceil((hi-lo)/width))))
}

// steps is the outline of a histogram over a faint fill: several may lie over one another.
type steps struct {
	heights []float64
	lo, hi  float64
	style   draw.LineStyle
}

var _ plot.DataRanger = steps{}

func (s steps) DataRange() (xmin, xmax, ymin, ymax float64) {
	return s.lo, s.hi, 0, slices.Max(s.heights)
}

func (s steps) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	line := plotter.XYs{{X: s.lo}}
	for i, h := range s.heights {
		a := s.lo + (s.hi-s.lo)*float64(i)/float64(len(s.heights))
		b := s.lo + (s.hi-s.lo)*float64(i+1)/float64(len(s.heights))
		line = append(line, plotter.XY{X: a, Y: h}, plotter.XY{X: b, Y: h})
	}
	line = append(line, plotter.XY{X: s.hi})
	points := make([]vg.Point, len(line))
	for i, q := range line {
		points[i] = vg.Point{X: tx(q.X), Y: ty(q.Y)}
	}
	r, g, b, _ := s.style.Color.RGBA()
	c.FillPolygon(color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0x38}, points)
	c.StrokeLines(s.style, points)
}

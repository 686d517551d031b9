package plots

import (
	"math"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// flowAxis says which end is which: gradients come from the right.
const flowAxis = "layer: from the input (left) to the output (right)"

// GradientFlow draws the size of the gradient in each layer as a line with a dot a layer, from the
// input's side (left) to the output's, on a logarithmic scale. Backward passes go from right to
// left: a line that falls towards the left is a gradient that vanishes on its way, one that rises
// is one that explodes.
//
// Which of both it is depends on more than the activation: of twenty fully connected layers of 64
// units, sigmoid leaves 2e-17 of the last layer's gradient to the first, ReLU with weights drawn
// as for tanh 2.5e-8 too; only with weights of variance 2/n (He et al. 2015, arXiv:1502.01852) does
// ReLU keep it. With batch norm and without shortcuts it grows (Yang et al. 2019,
// arXiv:1902.08129).
//
// names has one entry per layer; every series one norm per layer in Y (X is not looked at), for
// instance a network with and one without skip connections. A norm of 0, or NaN, leaves a gap.
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
	p := newAxes(flowAxis)
	air := math.Min(0.4, 0.04*float64(len(names)))
	p.X.Min, p.X.Max = -air, float64(len(names)-1)+air
	p.Y.Min, p.Y.Max = lo, hi
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{}
	wholeDecades(p)
	// Some layers' names are enough to find one's way.
	names = withoutEnding(names, ".weight")
	p.X.Tick.Marker = positionTicks{names, 24}
	p.X.Tick.Label.Font.Size = vg.Points(10)
	turn(p, math.Pi/3)
	var longest vg.Length
	for _, name := range names {
		longest = max(longest, p.X.Tick.Label.Width(name))
	}
	a := axes{title: "gradient norm", Plot: p}
	for i, s := range series {
		style := lineOf(i)
		line := Series{Name: s.Name, Y: make([]float64, len(s.Y))}
		copy(line.Y, s.Y)
		addFlow(p, line, style)
		a.end(line, style, true)
	}
	f := one(title, "", p, nil)
	f.panels = []panel{a}
	f.settle()
	f.width = min(max(6.4*vg.Inch, vg.Length(len(names))*11+150), 8.3*vg.Inch)
	f.height = 3.3*vg.Inch + longest*0.87
	return f, nil
}

// addFlow adds a line with a dot a layer, in pieces where norms are missing.
func addFlow(p *plot.Plot, s Series, style draw.LineStyle) {
	var piece plotter.XYs
	flush := func() {
		if len(piece) > 0 {
			p.Add(&plotter.Line{XYs: piece, LineStyle: style})
			p.Add(&plotter.Scatter{XYs: piece, GlyphStyle: draw.GlyphStyle{Color: style.Color, Radius: vg.Points(2.4), Shape: draw.CircleGlyph{}}})
		}
		piece = nil
	}
	for i, v := range s.Y {
		if !(v >= 1/largest) {
			flush()
			continue
		}
		piece = append(piece, plotter.XY{X: float64(i), Y: v})
	}
	flush()
}

// withoutEnding leaves out what all names end with.
func withoutEnding(names []string, ending string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		short, ok := strings.CutSuffix(name, ending)
		if !ok || short == "" {
			return names
		}
		out[i] = short
	}
	return out
}

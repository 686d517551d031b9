package plots

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Surface is a function of two numbers on a grid: Z[i][j] at Y[i] and X[j].
type Surface struct {
	Name string
	X, Y []float64 // rising
	Z    [][]float64
	// PathX and PathY are points on the surface, joined by a line that ends in a dot.
	PathX, PathY []float64
}

// Surfaces draws functions of two numbers side by side as bands between levels, which rise: a map
// with contour lines. Between the grid's points it interpolates. Values that are not finite are in
// the highest band. It refuses no surfaces, grids whose sizes don't fit, and more than eight levels.
func Surfaces(title, xlabel, ylabel string, levels []float64, surfaces ...Surface) (*Figure, error) {
	if len(surfaces) == 0 || len(surfaces) > 4 {
		return nil, errors.Errorf("surfaces %q: %d of them, want 1 to 4", title, len(surfaces))
	}
	if len(levels) < 1 || len(levels) > 8 || !slices.IsSorted(levels) || !finite(levels[0]) || !finite(levels[len(levels)-1]) {
		return nil, errors.Errorf("surfaces %q: levels %v, want 1 to 8 that rise", title, levels)
	}
	f := &Figure{title: title, width: vg.Length(20 + 270*len(surfaces)), height: 360}
	for _, s := range surfaces {
		if err := s.check(); err != nil {
			return nil, errors.Wrapf(err, "surfaces %q: %s", title, s.Name)
		}
		p := newAxes(xlabel)
		p.Y.Label.Text = ylabel
		p.Add(bands{s, levels})
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = s.X[0], s.X[len(s.X)-1], s.Y[0], s.Y[len(s.Y)-1]
		f.panels = append(f.panels, axes{title: s.Name, Plot: p})
	}
	for i := range len(levels) + 1 {
		name := ""
		switch {
		case i == 0:
			name = "below " + level(levels[0])
		case i == len(levels):
			name = level(levels[i-1]) + " or more"
		default:
			name = level(levels[i-1]) + " to " + level(levels[i])
		}
		f.legend = append(f.legend, key{name: name, fill: bandColour(i, len(levels)+1)})
	}
	return f, nil
}

func level(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

func (s Surface) check() error {
	rising := func(v []float64) bool {
		for i, x := range v {
			if !finite(x) || i > 0 && x <= v[i-1] {
				return false
			}
		}
		return len(v) >= 2 && len(v) <= 1000
	}
	if !rising(s.X) || !rising(s.Y) {
		return errors.Errorf("%d values of x and %d of y, want 2 to 1000 that rise", len(s.X), len(s.Y))
	}
	if len(s.Z) != len(s.Y) || len(s.PathX) != len(s.PathY) {
		return errors.Errorf("%d rows for %d values of y, a path of %d and %d numbers", len(s.Z), len(s.Y), len(s.PathX), len(s.PathY))
	}
	for i, row := range s.Z {
		if len(row) != len(s.X) {
			return errors.Errorf("row %d has %d values, there are %d of x", i, len(row), len(s.X))
		}
	}
	for i := range s.PathX {
		if !finite(s.PathX[i]) || !finite(s.PathY[i]) {
			return errors.Errorf("point %d of the path is not finite", i)
		}
	}
	return nil
}

// at interpolates between the four points around.
func (s Surface) at(x, y float64) float64 {
	j, fx := cellOf(s.X, x)
	i, fy := cellOf(s.Y, y)
	top := s.Z[i][j]*(1-fx) + s.Z[i][j+1]*fx
	return top*(1-fy) + (s.Z[i+1][j]*(1-fx)+s.Z[i+1][j+1]*fx)*fy
}

func cellOf(grid []float64, x float64) (i int, share float64) {
	for i < len(grid)-2 && x > grid[i+1] {
		i++
	}
	return i, min(max((x-grid[i])/(grid[i+1]-grid[i]), 0), 1)
}

// bands is the plotter of a surface.
type bands struct {
	Surface
	levels []float64
}

var _ plot.DataRanger = bands{}

func (b bands) DataRange() (xmin, xmax, ymin, ymax float64) {
	return b.X[0], b.X[len(b.X)-1], b.Y[0], b.Y[len(b.Y)-1]
}

func (b bands) band(v float64) int {
	if !finite(v) {
		return len(b.levels)
	}
	i := 0
	for i < len(b.levels) && v >= b.levels[i] {
		i++
	}
	return i
}

func (b bands) Plot(c draw.Canvas, p *plot.Plot) {
	const side = 240
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	band := make([]int, side*side)
	for i := range side {
		for j := range side {
			x := b.X[0] + (b.X[len(b.X)-1]-b.X[0])*(float64(j)+0.5)/side
			y := b.Y[len(b.Y)-1] - (b.Y[len(b.Y)-1]-b.Y[0])*(float64(i)+0.5)/side
			band[i*side+j] = b.band(b.at(x, y))
		}
	}
	for at, k := range band {
		shade := bandColour(k, len(b.levels)+1)
		// A dark line where one band meets the next.
		if at%side > 0 && band[at-1] != k || at >= side && band[at-side] != k {
			shade = color.RGBA{0x22, 0x22, 0x22, 0xff}
		}
		img.SetRGBA(at%side, at/side, shade)
	}
	tx, ty := p.Transforms(&c)
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: tx(b.X[0]), Y: ty(b.Y[0])}, Max: vg.Point{X: tx(b.X[len(b.X)-1]), Y: ty(b.Y[len(b.Y)-1])}}, img)
	if len(b.PathX) == 0 {
		return
	}
	points := make([]vg.Point, len(b.PathX))
	for i := range points {
		points[i] = vg.Point{X: tx(b.PathX[i]), Y: ty(b.PathY[i])}
	}
	c.StrokeLines(draw.LineStyle{Color: color.RGBA{0xff, 0xff, 0xff, 0xff}, Width: vg.Points(4)}, points)
	c.StrokeLines(draw.LineStyle{Color: wrong, Width: vg.Points(2)}, points)
	for i, at := range points {
		radius := vg.Points(2.2)
		if i == len(points)-1 {
			radius = vg.Points(4)
		}
		c.DrawGlyph(draw.GlyphStyle{Color: wrong, Radius: radius, Shape: draw.CircleGlyph{}}, at)
	}
}

// bandColour goes from light, the lowest, to dark blue.
func bandColour(i, of int) color.RGBA {
	t := 0.0
	if of > 1 {
		t = float64(i) / float64(of-1)
	}
	mix := func(a, b float64) uint8 { return uint8(math.Round(a + (b-a)*t)) }
	return color.RGBA{mix(0xff, 0x14), mix(0xf6, 0x3d), mix(0xd5, 0x66), 0xff}
}

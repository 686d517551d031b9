package plots

import (
	"fmt"
	"image/color"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Confusion draws a confusion matrix: matrix[i][j] images of class i were taken for class j. The
// shade is the share of the row, so that a rare class is read as well as a frequent one; the title
// states the accuracy. classes may be nil: then they are numbered.
// It refuses an empty matrix, one that is not square and negative counts.
func Confusion(matrix [][]int, classes []string) (*Figure, error) {
	n := len(matrix)
	if n == 0 {
		return nil, errors.New("confusion: the matrix is empty")
	}
	if classes == nil {
		for i := range n {
			classes = append(classes, fmt.Sprint(i))
		}
	}
	if len(classes) != n {
		return nil, errors.Errorf("confusion: %d names for %d classes", len(classes), n)
	}
	right, total := 0, 0
	for i, row := range matrix {
		if len(row) != n {
			return nil, errors.Errorf("confusion: row %d has %d columns, want %d", i, len(row), n)
		}
		for j, k := range row {
			if k < 0 {
				return nil, errors.Errorf("confusion: row %d, column %d is %d, want at least 0", i, j, k)
			}
			if total += k; total < 0 {
				return nil, errors.New("confusion: the counts add up to more than a computer can count")
			}
		}
		right += row[i]
	}
	title := "Confusion matrix"
	if total > 0 {
		title += fmt.Sprintf(": %.2f %% of %d right", 100*float64(right)/float64(total), total)
	}
	p := newAxes("predicted")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(n)-0.5, -0.5, float64(n)-0.5
	p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	p.X.Tick.Marker, p.Y.Tick.Marker = positionTicks{classes, 30}, positionTicks{classes, 30}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Tick.LineStyle, a.Tick.Length = unseen, vg.Points(4)
	}
	longest := 0
	for _, name := range classes {
		longest = max(longest, len(name))
	}
	if longest > 3 {
		turn(p, math.Pi/4)
	}
	p.Add(cells(matrix))
	f := one(title, "true", p, nil)
	// Cells about square, big enough for their numbers.
	side := min(max(vg.Length(n)*34, 230), 560)
	f.width, f.height = side+90, side+95
	if longest > 3 {
		f.width, f.height = f.width+20, f.height+25
	}
	return f, nil
}

// cells draws the matrix: shades of blue, the count in each cell while there is room.
type cells [][]int

func (m cells) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	c.FillPolygon(shade(0), box(c.Min.X, c.Min.Y, c.Max.X, c.Max.Y))
	style := words(10)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for i, row := range m {
		sum := 0
		for _, k := range row {
			sum += k
		}
		for j, k := range row {
			if k == 0 {
				continue
			}
			share := float64(k) / float64(sum)
			x0, x1 := tx(float64(j)-0.5), tx(float64(j)+0.5)
			y0, y1 := ty(float64(i)+0.5), ty(float64(i)-0.5)
			c.FillPolygon(shade(share), box(x0, y0, x1, y1))
			style.Color = ink
			if share > 0.5 {
				style.Color = white
			}
			label := fmt.Sprint(k)
			if style.Width(label) < x1-x0-2 && style.Height(label) < y1-y0 {
				c.FillText(style, vg.Point{X: (x0 + x1) / 2, Y: (y0 + y1) / 2}, label)
			}
		}
	}
	m.separate(c, p)
}

// separate draws white lines between the cells.
func (m cells) separate(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	line := draw.LineStyle{Color: white, Width: vg.Points(1)}
	if len(m) > 30 {
		line.Width = vg.Points(0.4)
	}
	for i := 1; i < len(m); i++ {
		c.StrokeLine2(line, tx(float64(i)-0.5), c.Min.Y, tx(float64(i)-0.5), c.Max.Y)
		c.StrokeLine2(line, c.Min.X, ty(float64(i)-0.5), c.Max.X, ty(float64(i)-0.5))
	}
}

// shadeSteps is the number of shades above none.
const shadeSteps = 16

// shades go from near the paper to a deep blue, on a dark page to a bright one. They are named, so
// that a page can change them: there are only so many.
var shades = func() []swatch {
	mix := func(from, to color.RGBA, t float64) color.RGBA {
		part := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*t)) }
		return color.RGBA{part(from.R, to.R), part(from.G, to.G), part(from.B, to.B), 0xff}
	}
	out := make([]swatch, shadeSteps+1)
	for i := range out {
		t := float64(i) / shadeSteps
		out[i] = swatch{
			name:  fmt.Sprintf("shade-%d", i),
			light: mix(rgb(0xf4f6fa), rgb(0x084594), t),
			dark:  mix(rgb(0x1d222a), rgb(0x8ec8ff), t),
		}
	}
	return out
}()

// shade is the colour of a share. The root makes few mistakes visible.
func shade(share float64) color.RGBA {
	return shades[int(math.Round(shadeSteps*math.Sqrt(share)))].light
}

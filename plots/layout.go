package plots

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	margin = vg.Length(10)
	gap    = vg.Length(22) // between panels
	sample = vg.Length(30) // length of a legend's sample of a line
	keyGap = vg.Length(16) // between a legend's entries
)

// key is an entry of the legend: a name behind a piece of its line, or a filled box.
type key struct {
	name string
	line draw.LineStyle
	fill color.Color // nil: a line
}

// layout draws title, legend and panels from top to bottom. The legend has a row of its own above
// the panels, where no curve can meet it.
func (f *Figure) layout(c draw.Canvas, heading text.Style) {
	c.SetColor(white)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)
	for _, line := range wrap(heading, f.title, c.Max.X-c.Min.X) {
		heading.YAlign = draw.YTop
		c.FillText(heading, vg.Point{X: c.Min.X, Y: c.Max.Y}, line)
		c.Max.Y -= heading.Height(line) + 2
	}
	if f.title != "" {
		c.Max.Y -= 6
	}
	c.Max.Y -= f.drawLegend(c)
	n := vg.Length(len(f.panels))
	w := (c.Max.X - c.Min.X - gap*(n-1)) / n
	for i, p := range f.panels {
		x := c.Min.X + vg.Length(i)*(w+gap)
		part := c
		part.Min.X, part.Max.X = x, x+w
		p.draw(part)
	}
}

// wrap cuts a text at spaces into lines that fit; a word that does not stays whole.
func wrap(style text.Style, txt string, width vg.Length) []string {
	if txt == "" {
		return nil
	}
	if style.Width(txt) <= width {
		return []string{txt} // in one piece, so that it may be translated
	}
	var out []string
	line := ""
	for _, word := range strings.Fields(txt) {
		if line != "" && style.Width(line+" "+word) > width {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

// drawLegend returns the height that the legend takes.
func (f *Figure) drawLegend(c draw.Canvas) vg.Length {
	if len(f.legend) == 0 {
		return 0
	}
	style := words(tickSize)
	style.YAlign = draw.YCenter
	const line = vg.Length(16)
	x, y := c.Min.X, c.Max.Y-line/2
	for _, k := range f.legend {
		w := sample + 5
		var widest vg.Length
		for _, v := range said(c, k.name) {
			widest = max(widest, style.Width(v.text))
		}
		w += widest
		if x > c.Min.X && x+w > c.Max.X {
			x, y = c.Min.X, y-line
		}
		if k.fill != nil {
			c.FillPolygon(k.fill, box(x, y-5.5, x+sample-16, y+3.5))
			c.FillText(style, vg.Point{X: x + sample - 11, Y: y}, k.name)
			w -= 16
		} else {
			c.StrokeLine2(k.line, x, y-1, x+sample, y-1)
			c.FillText(style, vg.Point{X: x + sample + 5, Y: y}, k.name)
		}
		x += w + keyGap
	}
	return c.Max.Y - y + line/2 + 4
}

func box(x0, y0, x1, y1 vg.Length) []vg.Point {
	return []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}

// axes is a panel with a plot and, above it, a title that says what y is; to its right, the names
// of lines.
type axes struct {
	title string
	*plot.Plot
	ends []end
}

func (a axes) draw(c draw.Canvas) {
	if a.title != "" {
		style := words(labelSize)
		style.YAlign = draw.YTop
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y}, a.title)
		c.Max.Y -= style.Height(a.title) + 6
	}
	c.Max.X -= a.room(c)
	a.Draw(c)
	a.drawEnds(c)
}

// one returns a figure of a single plot.
func one(title, ylabel string, p *plot.Plot, legend []key) *Figure {
	return &Figure{title: title, legend: legend, panels: []panel{axes{title: ylabel, Plot: p}}, width: 6.2 * vg.Inch, height: 3.9 * vg.Inch}
}

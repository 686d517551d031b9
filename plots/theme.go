package plots

import (
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	pfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	white = colourOf("paper")
	ink   = colourOf("ink")   // text
	frame = colourOf("frame") // axes
	faint = colourOf("faint") // grid
	wrong = colourOf("vermillion")

	// palette is Okabe and Ito's, without the yellow that white paper swallows.
	palette = func() (list []color.RGBA) {
		for _, name := range lines {
			list = append(list, colourOf(name))
		}
		return list
	}()

	dashed = []vg.Length{vg.Points(5), vg.Points(3)}
	// Neighbours differ in their dashes too: printed without colours, blue and vermillion are one grey.
	dashes = [][]vg.Length{nil, {vg.Points(6), vg.Points(2.5)}, {vg.Points(1.8), vg.Points(2.2)}, {vg.Points(8), vg.Points(2.2), vg.Points(1.8), vg.Points(2.2)}}
)

// Sizes of text, in points: half as large, the smallest is still read.
const (
	tickSize    = 11
	labelSize   = 12
	headingSize = 14
)

// lineOf returns the style of the i-th of several lines.
func lineOf(i int) draw.LineStyle {
	return draw.LineStyle{Color: palette[i%len(palette)], Width: vg.Points(2), Dashes: dashes[i%len(dashes)]}
}

// words returns a text style in the sans serif that the drawing library carries with it.
func words(size float64) text.Style {
	return text.Style{
		Color:   ink,
		Font:    pfont.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)},
		Handler: handler,
	}
}

func boldWords(size float64) text.Style {
	s := words(size)
	s.Font.Weight = font.WeightBold
	return s
}

// newAxes returns an empty plot in our style: no box, a light grid, small ticks outside. What y is
// stands above the panel, where it is read without turning one's head.
func newAxes(xlabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Label.Text = xlabel
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		label, tick := a.Label.TextStyle, a.Tick.Label
		a.Label.TextStyle, a.Tick.Label = words(labelSize), words(tickSize)
		a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign, a.Label.TextStyle.Rotation = label.XAlign, label.YAlign, label.Rotation
		a.Tick.Label.XAlign, a.Tick.Label.YAlign = tick.XAlign, tick.YAlign
		a.Label.Padding = vg.Points(4)
		a.LineStyle = draw.LineStyle{Color: frame, Width: vg.Points(0.8)}
		a.Tick.LineStyle = draw.LineStyle{Color: frame, Width: vg.Points(0.8)}
		a.Tick.Length = vg.Points(4)
		a.Tick.Marker = majorTicks{}
		a.Padding = 0
	}
	grid := plotter.NewGrid()
	grid.Horizontal = draw.LineStyle{Color: faint, Width: vg.Points(0.6)}
	grid.Vertical = grid.Horizontal
	p.Add(grid)
	return p
}

// unseen ticks keep labels off the axis.
var unseen = draw.LineStyle{Color: white, Width: vg.Points(0.1)}

// turn writes the labels of the x axis at an angle, ending at their ticks.
func turn(p *plot.Plot, angle float64) {
	p.X.Tick.Label.Rotation = angle
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	// Invisible ticks keep turned labels off the axis.
	p.X.Tick.LineStyle, p.X.Tick.Length = unseen, vg.Points(7)
}

// majorTicks places ticks at round numbers, without the minor ones in between.
type majorTicks struct {
	whole bool // only whole numbers: epochs
}

func (m majorTicks) Ticks(lo, hi float64) []plot.Tick {
	step := roundStep((hi - lo) / 6)
	if m.whole {
		step = math.Max(1, math.Round(step))
	}
	digits := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	// Steps of 2.5 need a digit more than their size says.
	if scaled := step * math.Pow(10, float64(digits)); math.Abs(scaled-math.Round(scaled)) > 1e-6 {
		digits++
	}
	var out []plot.Tick
	first := math.Ceil(lo/step - 1e-9)
	for i := range 20 { // about six; a bound for ranges at the end of float64's precision
		v := (first + float64(i)) * step
		if v > hi+1e-9*step {
			break
		}
		label := strconv.FormatFloat(v, 'f', digits, 64)
		if a := math.Max(math.Abs(lo), math.Abs(hi)); a >= 1e6 || a < 1e-4 {
			label = strconv.FormatFloat(v, 'g', 4, 64)
		}
		if v == 0 {
			label = "0"
		}
		out = append(out, plot.Tick{Value: v, Label: label})
	}
	return out
}

// roundStep returns 1, 2, 2.5 or 5 times a power of ten, at least x.
func roundStep(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// logTicks places a tick at every power of ten, or every few powers when there are many.
type logTicks struct{}

func (logTicks) Ticks(lo, hi float64) []plot.Tick {
	first, last := int(math.Ceil(math.Log10(lo)-1e-9)), int(math.Floor(math.Log10(hi)+1e-9))
	every := max(1, (last-first+6)/7)
	var out []plot.Tick
	for e := first; e <= last; e++ {
		t := plot.Tick{Value: math.Pow(10, float64(e))}
		if (e-first)%every == 0 {
			t.Label = "1e" + strconv.Itoa(e)
			if e >= -2 && e <= 3 {
				t.Label = strconv.FormatFloat(t.Value, 'g', -1, 64)
			}
		}
		out = append(out, t)
	}
	return out
}

// percentTicks labels fractions as percentages.
type percentTicks struct{}

func (percentTicks) Ticks(lo, hi float64) []plot.Tick {
	ticks := majorTicks{}.Ticks(100*lo, 100*hi)
	for i := range ticks {
		ticks[i].Value /= 100
		ticks[i].Label += " %"
	}
	return ticks
}

// positionTicks places labels at 0, 1, 2, ...; when there are too many for the room, only every
// few are shown.
type positionTicks struct {
	labels []string
	most   int
}

func (t positionTicks) Ticks(lo, hi float64) []plot.Tick {
	every := max(1, (len(t.labels)+t.most-1)/t.most)
	var out []plot.Tick
	for i, label := range t.labels {
		if i%every == 0 && float64(i) >= lo && float64(i) <= hi {
			out = append(out, plot.Tick{Value: float64(i), Label: label})
		}
	}
	return out
}

package page

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/plots"
)

// Chart is curves that a reader can zoom: drag over a stretch, double-click for all, point at a
// place to read its values; by keyboard + and - zoom, arrows move, 0 shows all. Without scripts, and on paper, it is a figure of package plots.
type Chart struct {
	X, Y    Text // what the axes are
	Log     bool // y is logarithmic; values that are not above 0 leave gaps
	Percent bool // y is a share, 0..1, written in percent
	Series  []Series
	Caption Text
	Alt     Text // default: each curve's first and last value
}

// Series is a curve of a Chart.
type Series struct {
	Name   Text
	X      []float64 // rising; default: 1, 2, 3, ...
	Y      []float64 // NaN leaves a gap
	Dashed bool
	Colour int // from 1; 0 takes the next one
}

// mostPoints bounds what a page's chart holds: the points of all curves.
const mostPoints = 2_000_000

// scripted is what the page's script draws.
type scripted struct {
	X       Text             `json:"x"`
	Y       Text             `json:"y"`
	Log     bool             `json:"log"`
	Percent bool             `json:"percent"`
	Series  []scriptedSeries `json:"series"`
	Data    [][]*float64     `json:"data"`
}

type scriptedSeries struct {
	Name   Text `json:"name"`
	Dashed bool `json:"dashed"`
	Colour int  `json:"colour"`
}

func (c Chart) write(w *writer) error {
	if len(c.Series) == 0 {
		return errors.New("chart without series")
	}
	points := 0
	for i := range c.Series {
		s := &c.Series[i]
		if s.X != nil && len(s.X) != len(s.Y) {
			return errors.Errorf("chart: series %d, %q, has %d x and %d y, want as many", i, s.Name.EN, len(s.X), len(s.Y))
		}
		if points += len(s.Y); points > mostPoints {
			return errors.Errorf("chart: more than %d points", mostPoints)
		}
		for k, x := range s.X {
			if math.IsNaN(x) || math.IsInf(x, 0) || k > 0 && x <= s.X[k-1] {
				return errors.Errorf("chart: series %d, %q: x %d is %g, want it above the one before", i, s.Name.EN, k, x)
			}
		}
	}
	still, err := c.still()
	if err != nil {
		return err
	}
	words := map[string]string{c.X.EN: c.X.In("ko"), c.Y.EN: c.Y.In("ko")}
	for _, s := range c.Series {
		words[s.Name.EN] = s.Name.In("ko")
	}
	svg, err := still.Words(words).Inline()
	if err != nil {
		return err
	}
	data, err := json.Marshal(c.script())
	if err != nil {
		return errors.Wrap(err, "chart")
	}
	alt := c.Alt
	if alt.IsZero() {
		alt = c.ends()
	}
	w.charts++
	w.pictures++
	id := "alt-" + itoa(w.pictures)
	w.printf(`<figure class="chart"><p class="measure" aria-hidden="true">%s</p><div class="canvas"><div class="still" role="img" aria-labelledby="%s">%s</div><div class="live" role="group" aria-labelledby="%s"></div></div><div class="unseen" id="%s">%s</div>`, c.Y.html(), id, w.scoped(svg), id, id, alt.plain())
	// json.Marshal writes <, > and & as escapes, so that no name ends the script.
	w.printf(`<script type="application/json">%s</script>`, data)
	caption := c.Caption.html()
	hint := T("Drag to zoom, double-click for all; by keyboard + - ← → 0.", "끌어서 확대, 두 번 클릭하면 전체. 키보드: + - ← → 0.").html()
	w.printf(`<figcaption>%s <span class="hint" hidden>%s</span></figcaption></figure>`+"\n", caption, hint)
	return nil
}

// still is the chart as a figure.
func (c Chart) still() (*plots.Figure, error) {
	var list []plots.Series
	for _, s := range c.Series {
		one := plots.Series{Name: s.Name.EN, X: s.xs(), Y: s.Y}
		if !some(s.Y, c.Log) {
			continue
		}
		list = append(list, one)
	}
	if len(list) == 0 {
		return nil, errors.Errorf("chart %q: no finite value in %d series", c.Y.EN, len(c.Series))
	}
	if c.Log {
		return plots.LogCurve("", c.X.EN, c.Y.EN, list...)
	}
	return plots.Curve("", c.X.EN, c.Y.EN, list...)
}

func some(ys []float64, positive bool) bool {
	return slices.ContainsFunc(ys, func(y float64) bool { return math.Abs(y) <= 1e100 && (!positive || y >= 1e-100) })
}

func (s Series) xs() []float64 {
	if s.X != nil {
		return s.X
	}
	xs := make([]float64, len(s.Y))
	for i := range xs {
		xs[i] = float64(i + 1)
	}
	return xs
}

// script puts all curves over common x, as the script wants them.
func (c Chart) script() scripted {
	out := scripted{X: c.X, Y: c.Y, Log: c.Log, Percent: c.Percent}
	var xs []float64
	for _, s := range c.Series {
		xs = append(xs, s.xs()...)
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	at := make(map[float64]int, len(xs))
	column := make([]*float64, len(xs))
	for i := range xs {
		at[xs[i]], column[i] = i, &xs[i]
	}
	out.Data = append(out.Data, column)
	for i, s := range c.Series {
		column := make([]*float64, len(xs))
		for k, x := range s.xs() {
			if y := s.Y[k]; math.Abs(y) <= 1e100 && (!c.Log || y >= 1e-100) {
				// Seven digits are more than a screen shows.
				y = rounded(y)
				column[at[x]] = &y
			}
		}
		colour := s.Colour
		if colour <= 0 {
			colour = i + 1
		}
		out.Data = append(out.Data, column)
		out.Series = append(out.Series, scriptedSeries{s.Name, s.Dashed, (colour-1)%7 + 1})
	}
	return out
}

func rounded(y float64) float64 {
	if y == 0 {
		return 0
	}
	scale := math.Pow(10, 6-math.Floor(math.Log10(math.Abs(y))))
	if r := math.Round(y*scale) / scale; !math.IsNaN(r) && !math.IsInf(r, 0) {
		return r
	}
	return y
}

// ends says in words where each curve begins and ends.
func (c Chart) ends() Text {
	var en, ko []string
	for _, s := range c.Series {
		xs := s.xs()
		first, last := -1, -1
		for i, y := range s.Y {
			if math.Abs(y) <= 1e100 {
				if last = i; first < 0 {
					first = i
				}
			}
		}
		if first < 0 {
			continue
		}
		en = append(en, fmt.Sprintf("%s: %.4g at %.6g, %.4g at %.6g", s.Name.In("en"), s.Y[first], xs[first], s.Y[last], xs[last]))
		ko = append(ko, fmt.Sprintf("%s: %.6g에서 %.4g, %.6g에서 %.4g", s.Name.In("ko"), xs[first], s.Y[first], xs[last], s.Y[last]))
	}
	return Text{
		EN: fmt.Sprintf("%s by %s. %s.", c.Y.In("en"), c.X.In("en"), strings.Join(en, "; ")),
		KO: fmt.Sprintf("%s, 가로축 %s. %s.", c.Y.In("ko"), c.X.In("ko"), strings.Join(ko, "; ")),
	}
}

package plots

import (
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// end is a line's name, where the line ends: there it is read without going back and forth to a
// legend, and without colours.
type end struct {
	key
	x, y float64
}

// widestEnd is the longest name that has room beside a panel, mostEnds how many lines.
const (
	widestEnd = vg.Length(125)
	mostEnds  = 8
)

// end notes where a series ends.
func (a *axes) end(s Series, style draw.LineStyle, positive bool) {
	if s.Name == "" {
		return
	}
	e := end{key: key{name: s.Name, line: style}}
	for i, y := range s.Y {
		x := float64(i)
		if s.X != nil {
			x = s.X[i]
		}
		if finite(x) && finite(y) && (!positive || y >= 1/largest) {
			e.x, e.y = x, y
		}
	}
	a.ends = append(a.ends, e)
}

// settle decides whether the names stand at the lines' ends or in the legend: there may be many,
// they may be long, or a line may end in the middle, where the others pass.
func (f *Figure) settle() {
	style := words(tickSize)
	for i, p := range f.panels {
		a, ok := p.(axes)
		if !ok || len(a.ends) == 0 {
			continue
		}
		good := len(a.ends) <= mostEnds
		for _, e := range a.ends {
			good = good && style.Width(e.name) <= widestEnd && e.x >= a.X.Min+0.9*(a.X.Max-a.X.Min) && e.y >= a.Y.Min && e.y <= a.Y.Max
		}
		if !good {
			for _, e := range a.ends {
				if !slices.ContainsFunc(f.legend, func(k key) bool { return k.name == e.name }) {
					f.legend = append(f.legend, e.key)
				}
			}
			a.ends = nil
			f.panels[i] = a
		}
	}
}

// room is how wide the names are, with what leads to them.
func (a axes) room(c draw.Canvas) (w vg.Length) {
	style := words(tickSize)
	for _, e := range a.ends {
		for _, v := range said(c, e.name) {
			w = max(w, style.Width(v.text)+leader)
		}
	}
	return w
}

// leader is the room between a panel and its lines' names.
const leader = vg.Length(16)

// drawEnds writes the names beside the panel, each at its line's height as far as they don't meet.
func (a axes) drawEnds(c draw.Canvas) {
	if len(a.ends) == 0 {
		return
	}
	data := a.DataCanvas(c)
	tx, ty := a.Transforms(&data)
	style := words(tickSize)
	style.YAlign = draw.YCenter
	pitch := style.Height("x") + 1
	at := make([]vg.Length, len(a.ends))
	order := make([]int, len(a.ends))
	for i, e := range a.ends {
		at[i], order[i] = ty(e.y), i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case at[i] < at[j]:
			return -1
		case at[i] > at[j]:
			return 1
		}
		return 0
	})
	spread(at, order, pitch, c.Min.Y+pitch/2, c.Max.Y-pitch/2)
	for i, e := range a.ends {
		x, y := tx(e.x), ty(e.y)
		line := e.line
		line.Width = vg.Points(1.2)
		c.StrokeLines(line, []vg.Point{{X: x, Y: y}, {X: data.Max.X + leader - 4, Y: at[i]}})
		c.FillText(style, vg.Point{X: data.Max.X + leader, Y: at[i] - 1}, e.name)
	}
}

// spread moves heights apart, in their order, so that neighbours are at least pitch apart and all
// between low and high, as far as there is room.
func spread(at []vg.Length, order []int, pitch, low, high vg.Length) {
	for i, k := range order {
		floor := low
		if i > 0 {
			floor = at[order[i-1]] + pitch
		}
		at[k] = max(at[k], floor)
	}
	for i := len(order) - 1; i >= 0; i-- {
		ceiling := high
		if i < len(order)-1 {
			ceiling = at[order[i+1]] - pitch
		}
		at[order[i]] = min(at[order[i]], ceiling)
	}
}

// said are the versions of a text that a canvas will show.
func said(c draw.Canvas, txt string) []version {
	return letteredOf(c.Canvas).versions(txt)
}

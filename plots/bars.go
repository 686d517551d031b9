package plots

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// historyBars draws runs of a single epoch: a bar a value, with the value behind it.
func historyBars(title string, runs []Run) (*Figure, error) {
	losses, shares := &valueBars{title: "loss"}, &valueBars{title: "accuracy", most: 1, percent: true}
	for i, r := range runs {
		for _, v := range []struct {
			to     *valueBars
			name   string
			values []float64
			second bool
		}{
			{losses, "training", r.TrainLoss, false}, {losses, "test", r.TestLoss, true},
			{shares, "training", r.TrainAccuracy, false}, {shares, "test", r.TestAccuracy, true},
		} {
			if !anyFinite(v.values) {
				continue
			}
			bar := valueBar{name: v.name, value: v.values[0], fill: palette[0]}
			if v.second {
				bar.fill = palette[1]
			}
			if len(runs) > 1 {
				bar.group = r.Name
				if bar.group == "" {
					bar.group = "run " + strconv.Itoa(i+1)
				}
			}
			v.to.bars = append(v.to.bars, bar)
		}
	}
	f := &Figure{title: title}
	rows := 0
	for _, p := range []*valueBars{losses, shares} {
		if len(p.bars) > 0 {
			f.panels = append(f.panels, p)
			rows = max(rows, len(p.rows()))
		}
	}
	if len(f.panels) == 0 {
		return nil, errors.Errorf("history %q: no finite value in %d runs", title, len(runs))
	}
	f.width = 0.6*vg.Inch + vg.Length(len(f.panels))*3.6*vg.Inch
	f.height = 2*margin + vg.Length(rows)*barPitch + 30
	if title != "" {
		f.height += vg.Length(len(wrap(boldWords(headingSize), title, f.width-2*margin))) * 22
	}
	return f, nil
}

const barPitch = vg.Length(24)

type valueBar struct {
	group, name string
	value       float64
	fill        color.Color
}

// valueBars are bars from zero, below each other.
type valueBars struct {
	title   string
	bars    []valueBar
	most    float64 // where a bar fills the panel; 0: the largest value
	percent bool
}

// rows are the bars with a row above each group for its name.
func (b *valueBars) rows() (rows []*valueBar) {
	group := ""
	for i := range b.bars {
		if g := b.bars[i].group; g != group {
			group = g
			rows = append(rows, nil)
		}
		rows = append(rows, &b.bars[i])
	}
	return rows
}

func (b *valueBars) draw(c draw.Canvas) {
	heading, style := words(labelSize), words(tickSize)
	heading.YAlign, style.YAlign = draw.YTop, draw.YCenter
	c.FillText(heading, vg.Point{X: c.Min.X, Y: c.Max.Y}, b.title)
	c.Max.Y -= heading.Height(b.title) + 8
	most, names, values := b.most, vg.Length(0), vg.Length(0)
	low := 0.0
	for _, v := range b.bars {
		most, low = math.Max(most, v.value), math.Min(low, v.value)
		for _, s := range said(c, v.name) {
			names = max(names, style.Width(s.text))
		}
		values = max(values, style.Width(b.label(v.value)))
	}
	left, right := c.Min.X+names+8, c.Max.X-values-8
	at := func(v float64) vg.Length {
		share := 0.0
		if most > low {
			share = v/(most-low) - low/(most-low)
		}
		return left + (right-left)*vg.Length(share)
	}
	y := c.Max.Y - barPitch/2
	rows := b.rows()
	for i, v := range rows {
		switch {
		case v == nil:
			c.FillText(style, vg.Point{X: c.Min.X, Y: y}, rows[i+1].group)
		default:
			c.FillText(style, vg.Point{X: c.Min.X, Y: y}, v.name)
			c.FillPolygon(v.fill, box(at(0), y-7, at(v.value), y+7))
			c.StrokeLine2(draw.LineStyle{Color: frame, Width: vg.Points(0.8)}, at(0), y-barPitch/2, at(0), y+barPitch/2)
			c.FillText(style, vg.Point{X: max(at(0), at(v.value)) + 6, Y: y}, b.label(v.value))
		}
		y -= barPitch
	}
}

func (b *valueBars) label(v float64) string {
	if b.percent {
		return fmt.Sprintf("%.2f %%", 100*v)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

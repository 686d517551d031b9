package runs

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/internal/table"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/plots"
)

// HTML is the comparison as a part of a notebook: curves, results, settings that
// differ.
func (c Comparison) HTML() string {
	text := ""
	if figure, err := c.Figure(); err == nil { // none without an epoch
		svg := figure.SVG()
		text = `<div style="overflow-x:auto">` + svg[max(0, strings.Index(svg, "<svg")):] + "</div>\n"
	}
	text += "<h2>Results</h2>\n" + c.results().HTML() + "\n"
	if len(c.Differ) > 0 && len(c.Runs) > 1 {
		text += "<h2>Settings that differ</h2>\n" + c.differences().HTML() + "\n"
	}
	return text
}

// Page is the comparison as a page that needs nothing but itself.
func (c Comparison) Page() ([]byte, error) { return c.page().HTML() }

// mostSide is how many runs are shown side by side in figures of their own.
const mostSide = 6

func (c Comparison) page() page.Page {
	names := make([]string, len(c.Runs))
	for i, r := range c.Runs {
		names[i] = page.Literal(r.Name())
	}
	p := page.Page{
		Title:  page.T("Runs side by side", "실행 비교"),
		Lead:   page.T(strings.Join(names, ", "), ""),
		Footer: page.T("Made by stheno, `demo compare`.", "stheno, `demo compare`로 만듦."),
	}
	if len(names) > 4 {
		p.Lead = page.T(fmt.Sprintf("%d runs.", len(names)), fmt.Sprintf("실행 %d개.", len(names)))
	}
	add := func(id string, title page.Text, parts ...page.Part) {
		if len(parts) > 0 {
			p.Sections = append(p.Sections, page.Section{ID: id, Title: title, Parts: parts})
		}
	}
	add("results", page.T("Results", "결과"), said(c.results(), "results.csv"))
	if len(c.Differ) > 0 && len(c.Runs) > 1 {
		add("settings", page.T("Settings that differ", "다른 설정"), said(c.differences(), "settings.csv"))
	}
	add("curves", page.T("Curves", "학습 곡선"), c.curveParts()...)
	if len(c.Runs) <= mostSide {
		add("gradients", page.T("Gradient flow", "기울기 흐름"), c.beside(func(r Summary) page.Part {
			if figure, alt := r.Gradients.figure(); figure != nil {
				return page.Figure{Figure: figure, Alt: alt}
			}
			return nil
		})...)
		add("classes", page.T("What was taken for what", "무엇을 무엇으로 보았나"), c.beside(Summary.confusion)...)
		add("filters", page.T("First filters", "첫 층의 필터"), c.beside(func(r Summary) page.Part {
			for _, part := range r.networkParts() {
				if g, ok := part.(page.Gallery); ok {
					return g
				}
			}
			return nil
		})...)
	}
	return p
}

// beside puts what each run has side by side, under its name.
func (c Comparison) beside(of func(Summary) page.Part) []page.Part {
	var side page.Side
	for _, r := range c.Runs {
		if part := of(r); part != nil {
			side = append(side, page.Group{page.P("*"+page.Literal(r.Name())+"*", ""), part})
		}
	}
	if len(side) == 0 {
		return nil
	}
	return []page.Part{side}
}

// said is a table on a page.
func said(t table.Table, csv string) page.Table {
	out := page.Table{CSV: csv}
	for _, h := range t.Head {
		out.Head = append(out.Head, page.T(page.Literal(h), headWords[h]))
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = page.Literal(cell)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// headWords are the tables' heads in Korean.
var headWords = map[string]string{
	"run": "실행", "epochs": "에폭", "best test accuracy": "최고 시험 정확도", "in epoch": "그 에폭", "last test accuracy": "마지막 시험 정확도",
	"test loss": "시험 손실", "train loss": "학습 손실", "seconds": "초", "images/s": "이미지/초", "parameters": "매개변수", "weights": "가중치", "setting": "설정",
}

// curveParts are the curves of all runs on common axes.
func (c Comparison) curveParts() []page.Part {
	one := func(y page.Text, share bool, pick func(plots.Run) []float64) page.Part {
		chart := page.Chart{X: epochWord, Y: y, Percent: share}
		longest := 0
		for i, r := range c.Runs {
			run := Curves(r.Name(), r.History)
			if values := pick(run); some(values) {
				longest = max(longest, len(values))
				chart.Series = append(chart.Series, page.Series{Name: page.T(run.Name, ""), X: run.Epochs, Y: values, Colour: i + 1, Dashed: i >= 7})
			}
		}
		if longest < 2 {
			return nil
		}
		return chart
	}
	var side page.Side
	for _, part := range []page.Part{
		one(page.T("test accuracy", "시험 정확도"), true, func(r plots.Run) []float64 { return r.TestAccuracy }),
		one(page.T("test loss", "시험 손실"), false, func(r plots.Run) []float64 { return r.TestLoss }),
		one(page.T("training accuracy", "학습 정확도"), true, func(r plots.Run) []float64 { return r.TrainAccuracy }),
		one(page.T("training loss", "학습 손실"), false, func(r plots.Run) []float64 { return r.TrainLoss }),
	} {
		if part != nil {
			side = append(side, part)
		}
	}
	if len(side) > 0 {
		return []page.Part{side}
	}
	figure, err := c.Figure()
	if err != nil {
		return nil // no run has an epoch
	}
	return []page.Part{page.Figure{Figure: figure, Alt: page.T("Losses and accuracies after one epoch; the table of results has them.", "한 에폭 뒤의 손실과 정확도. 수치는 결과 표에 있다.")}}
}

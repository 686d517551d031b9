package runs

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/table"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// networkParts are the network's drawing and its first filters.
func (s Summary) networkParts() (parts []page.Part) {
	f := s.Findings
	if f == nil {
		return nil
	}
	if f.Drawing != "" {
		parts = append(parts, page.Picture{SVG: f.Drawing, KO: f.DrawingKO, Full: true, Alt: page.T("The network's blocks, from the input to the output.", "입력에서 출력까지 신경망의 블록 구조.")})
	}
	if len(f.Filters) > 0 {
		g := page.Gallery{Small: true}
		for _, b := range f.Filters {
			g.Tiles = append(g.Tiles, page.Tile{PNGs: [][]byte{b}})
		}
		g.Alt = page.T(fmt.Sprintf("%d filters of %s.", len(f.Filters), f.FiltersLayer), fmt.Sprintf("%s의 필터 %d개.", f.FiltersLayer, len(f.Filters)))
		g.Caption = page.T("The trained filters of `"+f.FiltersLayer+"`: middle grey is 0, each is scaled by its own largest weight.",
			"학습된 `"+f.FiltersLayer+"`의 필터. 중간 회색이 0이고, 필터마다 가장 큰 가중치에 맞추어 밝기를 정했다.")
		parts = append(parts, g)
	}
	return parts
}

// classParts tell how each class fared.
func (s Summary) classParts() (parts []page.Part) {
	t := s.Test
	if t == nil {
		return nil
	}
	if figure := s.confusion(); figure != nil {
		parts = append(parts, figure)
	}
	c := trainer.Confusion{Classes: t.Classes, Count: t.Confusion}
	scores := page.Table{CSV: "classes.csv", Head: []page.Text{page.T("class", "클래스"), page.T("images", "이미지"), page.T("recall", "재현율"), page.T("precision", "정밀도"), page.T("F1", ""), page.T("most often taken for", "가장 많이 혼동한 클래스")}}
	for i, k := range c.PerClass() {
		scores.Rows = append(scores.Rows, []string{page.Literal(k.Class), fmt.Sprint(k.Images), table.Percent(k.Recall), table.Percent(k.Precision), table.Percent(k.F1), page.Literal(t.mistaken(i))})
	}
	if len(parts) == 1 && len(t.Classes) <= 20 {
		return []page.Part{page.Side{parts[0], scores}}
	}
	return append(parts, scores)
}

// confusion is what of classParts is a figure, or nil.
func (s Summary) confusion() page.Part {
	if s.Test == nil || len(s.Test.Classes) > 40 {
		return nil
	}
	figure, err := plots.Confusion(s.Test.Confusion, s.Test.Classes)
	if err != nil {
		return nil
	}
	t := s.Test
	return page.Figure{Figure: figure,
		Alt: page.T(fmt.Sprintf("Confusion matrix of %d classes: %s of %d test images are right. A table has each class's scores.", len(t.Classes), table.Percent(t.Accuracy), t.Images),
			fmt.Sprintf("클래스 %d개의 혼동 행렬: 시험 이미지 %d개 중 %s 정답. 클래스별 점수는 표에 있다.", len(t.Classes), t.Images, table.Percent(t.Accuracy))),
		Caption: page.T("A row a class, a column for what it was taken for. The shade is the share of the row.", "행은 정답 클래스, 열은 예측한 클래스. 색의 진하기는 행에서 차지하는 비율이다.")}
}

// mistaken says what images of a class are wrongly taken for most often.
func (t *Test) mistaken(label int) string {
	most, at := 0, -1
	for k, n := range t.Confusion[label] {
		if k != label && n > most {
			most, at = n, k
		}
	}
	if at < 0 {
		return ""
	}
	return fmt.Sprintf("%s (%d)", t.Classes[at], most)
}

// mistakeParts are the images that the network got most wrong, with what it looked at.
func (s Summary) mistakeParts() (parts []page.Part) {
	f := s.Findings
	if f == nil || len(f.Mistakes) == 0 {
		return nil
	}
	en := fmt.Sprintf("Of the first %d test images, those whose label the network held least probable.", f.Tested)
	ko := fmt.Sprintf("처음 %d개의 시험 이미지 중 신경망이 정답의 확률을 가장 낮게 본 것들.", f.Tested)
	if f.MapLayer != "" {
		en += " On the right, lit: the places in `" + f.MapLayer + "` that speak for the wrong answer, by Grad-CAM ([Selvaraju et al. 2016](https://arxiv.org/abs/1610.02391))."
		ko += " 오른쪽에서 밝은 곳: `" + f.MapLayer + "`에서 틀린 답의 근거가 된 곳, Grad-CAM으로 구함 ([Selvaraju et al. 2016](https://arxiv.org/abs/1610.02391))."
	}
	g := page.Gallery{}
	for _, m := range f.Mistakes {
		tile := page.Tile{PNGs: [][]byte{m.Picture}, Marked: true}
		if m.Map != nil {
			tile.PNGs = append(tile.PNGs, m.Map)
		}
		label, predicted, sure := page.Literal(m.Label), page.Literal(m.Predicted), fmt.Sprintf("%.1f %%", 100*m.Probability)
		tile.Caption = page.T(fmt.Sprintf("%s (%s), not %s", predicted, sure, label), fmt.Sprintf("예측 %s (%s), 정답 %s", predicted, sure, label))
		g.Tiles = append(g.Tiles, tile)
	}
	return []page.Part{page.P(en, ko), g}
}

// timeParts tell where the time went: in all, and within a step.
func (s Summary) timeParts() (parts []page.Part) {
	wait := 0.0
	for _, e := range s.History {
		wait += e.DataWait
	}
	if seconds := s.Seconds(); seconds > 0 {
		parts = append(parts, page.Facts{
			{Name: page.T("training, without tests", "학습 (시험 제외)"), Value: duration(seconds)},
			{Name: page.T("of it, waiting for images", "그중 이미지를 기다린 시간"), Value: table.Percent(wait / seconds)},
			{Name: page.T("images a second", "초당 이미지"), Value: fmt.Sprintf("%.0f", s.ImagesPerSecond())},
		})
	}
	f := s.Findings
	if f == nil {
		return parts
	}
	if len(f.Times) > 0 {
		parts = append(parts, page.Paragraph(page.T(fmt.Sprintf("One training step on %d images took %.1f ms here, forward and backward:", f.Batch, 1000*f.StepTime),
			fmt.Sprintf("이미지 %d개로 하는 학습 스텝 하나(순전파와 역전파)에 여기서 %.1f ms 걸렸다:", f.Batch, 1000*f.StepTime))))
		parts = append(parts, page.Side{bars(page.T("layer", "층"), f.Times), bars(page.T("operation", "연산"), f.Operations)})
	}
	if len(f.Missing) > 0 {
		var list page.List
		for _, m := range f.Missing {
			list = append(list, page.T(page.Literal(m), ""))
		}
		parts = append(parts, page.P("Could not be found out:", "알아내지 못한 것:"), list)
	}
	return parts
}

func bars(head page.Text, times []Time) page.Bars {
	b := page.Bars{Head: head, Measure: page.T("ms, share", "ms, 비율")}
	longest := 0.0
	for _, t := range times {
		longest = max(longest, t.Share)
	}
	for _, t := range times {
		b.Bars = append(b.Bars, page.Bar{Name: page.T(page.Literal(t.Name), inKorean(t.Name)), Share: min(1, max(0, t.Share/max(longest, 1e-12))), Value: fmt.Sprintf("%.2f, %.0f %%", 1000*t.Seconds, 100*t.Share)})
	}
	return b
}

// inKorean is what grouped writes besides names.
func inKorean(name string) string {
	var n int
	if _, err := fmt.Sscanf(name, "(%d others)", &n); err == nil {
		return page.Literal(fmt.Sprintf("(그 밖에 %d개)", n))
	}
	if name == betweenLayers {
		return page.Literal("(층 사이)")
	}
	return ""
}

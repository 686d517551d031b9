package runs

import (
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/plots"
)

var (
	epochWord    = page.T("epoch", "에폭")
	trainingWord = page.T("training", "학습")
	testWord     = page.T("test", "시험")
)

// curveParts are loss, accuracy and learning rate by epoch.
func (s Summary) curveParts() []page.Part {
	if len(s.History) == 0 {
		return nil
	}
	run := Curves("", s.History)
	if len(s.History) == 1 {
		figure, err := plots.History("", run)
		if err != nil {
			return nil // an epoch whose loss is not a number
		}
		return []page.Part{page.Figure{Figure: figure, Alt: s.result(), Caption: page.T("There was one epoch: no curve yet.", "에폭이 하나라서 아직 곡선이 없다.")}}
	}
	both := func(train, test []float64) []page.Series {
		var list []page.Series
		if some(train) {
			list = append(list, page.Series{Name: trainingWord, X: run.Epochs, Y: train, Dashed: true, Colour: 1})
		}
		if some(test) {
			list = append(list, page.Series{Name: testWord, X: run.Epochs, Y: test, Colour: 2})
		}
		return list
	}
	var side page.Side
	if list := both(run.TrainLoss, run.TestLoss); list != nil {
		side = append(side, page.Chart{X: epochWord, Y: page.T("loss", "손실"), Series: list})
	}
	if list := both(run.TrainAccuracy, run.TestAccuracy); list != nil {
		side = append(side, page.Chart{X: epochWord, Y: page.T("accuracy", "정확도"), Percent: true, Series: list})
	}
	if len(side) == 0 {
		return nil
	}
	var rates, heads []page.Series
	rate := page.Series{X: run.Epochs}
	for _, e := range s.History {
		rate.Y = append(rate.Y, e.LR)
	}
	rate.Name, rate.Colour = page.T("learning rate", "학습률"), 3
	rates = append(rates, rate)
	for i, p := range s.History.Last().Parts {
		head := page.Series{Name: page.T(p.Name, ""), X: run.Epochs}
		for _, e := range s.History {
			y := math.NaN()
			if i < len(e.Parts) {
				y = e.Parts[i].Loss
			}
			head.Y = append(head.Y, y)
		}
		heads = append(heads, head)
	}
	side = append(side, page.Chart{X: epochWord, Y: page.T("learning rate at the epoch's end", "에폭 끝의 학습률"), Series: rates})
	if heads != nil {
		side = append(side, page.Chart{X: epochWord, Y: page.T("training loss of each head", "출력별 학습 손실"), Series: heads})
	}
	return []page.Part{side}
}

func some(values []float64) bool {
	for _, v := range values {
		if math.Abs(v) <= 1e100 {
			return true
		}
	}
	return false
}

// gradientParts show how far gradients reached, at the beginning, halfway and at the end.
func (s Summary) gradientParts() []page.Part {
	figure, alt := s.Gradients.figure()
	if figure == nil {
		return nil
	}
	return []page.Part{
		page.P("The size of the loss's gradient with respect to each layer's weights, in single steps. Gradients come from the right, where the loss is: a line that falls towards the left is a gradient that vanishes on its way, one that rises explodes.",
			"각 층의 가중치에 대한 손실 기울기의 크기를 몇몇 스텝에서 잰 것. 기울기는 손실이 있는 오른쪽에서 온다. 왼쪽으로 갈수록 내려가면 기울기 소실이고, 올라가면 기울기 폭발다."),
		page.Figure{Figure: figure, Alt: alt},
	}
}

// figure draws up to four of the steps. It is nil without any.
func (g *Gradients) figure() (*plots.Figure, page.Text) {
	if g == nil || len(g.At) == 0 {
		return nil, page.Text{}
	}
	pick := []int{0, len(g.At) / 3, 2 * len(g.At) / 3, len(g.At) - 1}
	words := map[string]string{}
	var series []plots.Series
	for i, k := range pick {
		if i > 0 && k <= pick[i-1] {
			continue
		}
		at := g.At[k]
		en, ko := fmt.Sprintf("step %d", at.Step), fmt.Sprintf("스텝 %d", at.Step)
		if at.Epoch > 0 {
			en, ko = fmt.Sprintf("epoch %d", at.Epoch), fmt.Sprintf("%d 에폭", at.Epoch)
		}
		line := plots.Series{Name: en}
		for _, v := range at.Norms {
			if v < 0 || v > 1e100 {
				v = math.NaN()
			}
			line.Y = append(line.Y, v)
		}
		words[en] = ko
		series = append(series, line)
	}
	figure, err := plots.GradientFlow("", g.Layers, series...)
	if err != nil {
		return nil, page.Text{} // all are 0
	}
	last := g.At[len(g.At)-1].Norms
	first, end := last[0], last[len(last)-1]
	alt := page.T(fmt.Sprintf("Gradient norms of %d layers. At the end: %.3g in the first, %.3g in the last.", len(g.Layers), first, end),
		fmt.Sprintf("%d개 층의 기울기 노름. 끝에서는 첫 층 %.3g, 마지막 층 %.3g.", len(g.Layers), first, end))
	return figure.Words(words), alt
}

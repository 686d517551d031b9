package lab

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/page"
)

// outcomes are words for what a run brought. They have no place in what is written
// before it: which line is the highest, what falls and what stays.
var outcomes = regexp.MustCompile(`(?i)\b(best|worst|highest|lowest|higher than|lower than|nearly|rises? (to|steeply|with|close)|falls? (to|steeply|slowly|at once|from)|drops?|stays? (flat|near|level|at|above|below)|explodes?|vanish(es|ed)|keeps?|loses?|starts? (first|last|highest)|lies? (between|highest|close))\b` +
	`|가장 (나쁘|좋|높은 곳|낮은 곳|늦게|빨리)|맨 (위|아래)에|올라간다|떨어진다|떨어지며|머문다|유지한다|잃는다|폭발한다|소실된다|커진다|줄어든다|평평하다|거의`)

// outcome is the first such word of a text, or nothing. What a pixel's brightness
// means is no outcome.
func outcome(text Text) string {
	for _, s := range []string{text.EN, strings.ReplaceAll(text.KO, "밝을수록 많이 떨어진다", "")} {
		if word := outcomes.FindString(s); word != "" {
			return word
		}
	}
	return ""
}

// What a figure shows follows its numbers: turned round, it says the opposite.
func TestShowsFollowsTheNumbers(t *testing.T) {
	a := page.Series{Name: Text{EN: "plain", KO: "일반"}, Y: []float64{0.9, math.NaN(), 0.88}}
	b := page.Series{Name: Text{EN: "residual", KO: "잔차"}, Y: []float64{0.9, 0.44}}
	for _, c := range []struct {
		series []page.Series
		want   Text
	}{
		{[]page.Series{a, b}, Text{
			EN: "First and last value of each line: plain: 0.90, 0.88; residual: 0.90, 0.44. Greatest last value: plain. Least: residual.",
			KO: "각 선의 처음 값과 마지막 값: 일반: 0.90, 0.88; 잔차: 0.90, 0.44. 마지막 값이 가장 큰 선: 일반. 가장 작은 선: 잔차.",
		}},
		{[]page.Series{{Name: a.Name, Y: b.Y}, {Name: b.Name, Y: a.Y}}, Text{
			EN: "First and last value of each line: plain: 0.90, 0.44; residual: 0.90, 0.88. Greatest last value: residual. Least: plain.",
			KO: "각 선의 처음 값과 마지막 값: 일반: 0.90, 0.44; 잔차: 0.90, 0.88. 마지막 값이 가장 큰 선: 잔차. 가장 작은 선: 일반.",
		}},
		{[]page.Series{{Name: a.Name, Y: []float64{1, 2}}, {Name: b.Name, Y: []float64{2, 2}}, {Y: []float64{3}}}, Text{
			EN: "First and last value of each line: plain: 1.00, 2.00; residual: 2.00, 2.00; the line: 3.00, 3.00. Greatest last value: the line. Least: plain; residual.",
			KO: "각 선의 처음 값과 마지막 값: 일반: 1.00, 2.00; 잔차: 2.00, 2.00; 선: 3.00, 3.00. 마지막 값이 가장 큰 선: 선. 가장 작은 선: 일반; 잔차.",
		}},
		{[]page.Series{{Y: []float64{1, 2}}}, Text{EN: "First and last value of each line: the line: 1.00, 2.00.", KO: "각 선의 처음 값과 마지막 값: 선: 1.00, 2.00."}},
		{[]page.Series{{Name: a.Name, Y: []float64{math.NaN()}}}, Text{EN: "First and last value of each line: plain: no value.", KO: "각 선의 처음 값과 마지막 값: 일반: 값 없음."}},
	} {
		if got := ends(c.series); got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
	noise, wave := make([]float64, 64), make([]float64, 64)
	for i := range noise {
		noise[i], wave[i] = float64(1-2*(i%2)), math.Sin(float64(i)/10)
	}
	for want, line := range map[string][]float64{"63 times; the correlation of neighbouring values is -0.98": noise, "2 times; the correlation of neighbouring values is 0.99": wave} {
		if got := jagged(line); !strings.Contains(got.EN, want) || got.KO == "" {
			t.Errorf("%+v, want %q", got, want)
		}
	}
	if got := outcome(Text{EN: "The deepest network is the worst."}); got != "worst" {
		t.Errorf("outcome %q", got)
	}
}

// Pages and files have what a figure shows behind what it is.
func TestPagesSayWhatFiguresShow(t *testing.T) {
	r := sample(t)
	r.Figures[0].Shows = Text{EN: "From 1 to 2.", KO: "1에서 2로."}
	content, err := r.Page().HTML()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), "A line. From 1 to 2.") || !strings.Contains(string(content), "선. 1에서 2로.") {
		t.Error("the page does not say what the figure shows")
	}
}

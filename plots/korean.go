package plots

import (
	"maps"
	"regexp"

	"github.com/stheno-ml/stheno/internal/spoken"
	"gonum.org/v1/plot/vg"
)

// Korean is the figure with Korean words: those that this package writes, such as "epoch", and
// those that words has, from what the figure says to what it is to say. A text that is in neither
// stays. The figure itself does not change.
func (f *Figure) Korean(words map[string]string) *Figure {
	if f == nil {
		return nil
	}
	g := f.Words(words)
	g.language = korean
	return g
}

// SpeakKorean makes Korean the language of all figures of this process from now on, and of the
// drawings of package drawing: words are what they say and are to say instead, beside those that
// Korean knows. It is for the first cell of a notebook. Called again, it adds words.
func SpeakKorean(words map[string]string) { spoken.Korean(words) }

// SpeakEnglish undoes SpeakKorean.
func SpeakEnglish() { spoken.English() }

// Words is the figure, in English, with Korean for more of its texts: Inline takes both.
func (f *Figure) Words(words map[string]string) *Figure {
	if f == nil {
		return nil
	}
	g := *f
	g.words = maps.Clone(f.words)
	if g.words == nil {
		g.words = map[string]string{}
	}
	maps.Copy(g.words, words)
	return &g
}

// language of a figure's texts.
type language int

const (
	english language = iota
	korean
	both // each text twice, marked
)

func (f *Figure) spoken() language {
	if spoken.InKorean() {
		return korean
	}
	if f == nil {
		return english
	}
	return f.language
}

// lettered is a canvas that knows which language is drawn onto it.
type lettered struct {
	vg.Canvas
	language language
	words    map[string]string
}

// version is a text in a language. Its mark becomes an attribute of the SVG.
type version struct{ mark, text string }

const (
	markEN = "\x01en\x02"
	markKO = "\x01ko\x02"
)

// marked finds the marks that a text begins with.
var marked = regexp.MustCompile("<text ([^>]*)>\x01(en|ko)\x02")

func (l lettered) versions(txt string) []version {
	if l.language == english {
		return []version{{"", txt}}
	}
	ko, ok := l.words[txt]
	if !ok {
		ko = inProcess(txt)
	}
	switch {
	case ko == txt:
		return []version{{"", txt}}
	case l.language == korean:
		return []version{{"", ko}}
	}
	return []version{{markEN, txt}, {markKO, ko}}
}

// inProcess is a text by the words of SpeakKorean, else by those that this package knows. Of a
// caption "7, not 1" both parts are looked up.
func inProcess(txt string) string {
	if ko, ok := spoken.Word(txt); ok {
		return ko
	}
	if m := mistaken.FindStringSubmatch(txt); m != nil {
		return inProcess(m[1]) + ", 정답 " + inProcess(m[2])
	}
	return inKorean(txt)
}

var mistaken = regexp.MustCompile(`^(.+), not (.+)$`)

// inKorean translates what this package, and those who draw with it, write most.
func inKorean(txt string) string {
	if ko, ok := koreanWords[txt]; ok {
		return ko
	}
	if m := accuracyTitle.FindStringSubmatch(txt); m != nil {
		return "혼동 행렬: " + m[2] + "개 중 " + m[1] + " % 정답"
	}
	return txt
}

var accuracyTitle = regexp.MustCompile(`^Confusion matrix: ([0-9.]+) % of ([0-9]+) right$`)

var koreanWords = map[string]string{
	"epoch":                              "에폭",
	"step":                               "스텝",
	"steps":                              "스텝",
	"loss":                               "손실",
	"accuracy":                           "정확도",
	"error":                              "오류율",
	"training":                           "학습",
	"test":                               "시험",
	"training loss":                      "학습 손실",
	"test loss":                          "시험 손실",
	"training accuracy":                  "학습 정확도",
	"test accuracy":                      "시험 정확도",
	"training error":                     "학습 오류율",
	"test error":                         "시험 오류율",
	"learning rate":                      "학습률",
	"loss of each step":                  "스텝별 손실",
	"smoothed":                           "평활값",
	"predicted":                          "예측",
	"true":                               "정답",
	"Confusion matrix":                   "혼동 행렬",
	"derivative":                         "도함수",
	"derivative f'(x)":                   "도함수 f'(x)",
	"values":                             "값의 수",
	"share of values":                    "값의 비율",
	"gradient norm":                      "기울기의 노름",
	"depth":                              "깊이",
	"layers":                             "층 수",
	"layer":                              "층",
	"right":                              "정답",
	"as sure as right":                   "확신과 정답률이 같음",
	"probability of the predicted class": "예측한 클래스의 확률",
	"distance to the mean probability":   "평균 확률과의 차이",
	flowAxis:                             "층: 입력 쪽 (왼쪽)에서 출력 쪽 (오른쪽)으로",
}

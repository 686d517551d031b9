package plots

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

func koreanCurve(t *testing.T, title string) *Figure {
	t.Helper()
	f, err := Curve(title, "epoch", "loss", Series{Name: "손실", Y: []float64{3, 2, 1}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Each syllable is a shape of its own: were a letter missing, all would be the same box.
func TestKoreanIsDrawn(t *testing.T) {
	seen := map[string]string{}
	for _, title := range []string{"가나다라", "기울기소", "혼동행렬", "학습률은"} {
		f := koreanCurve(t, title)
		b, err := f.PNG()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[string(b)]; ok {
			t.Errorf("%s is drawn as %s", title, other)
		}
		seen[string(b)] = title
		if b, err = f.PDF(); err != nil || !bytes.HasPrefix(b, []byte("%PDF")) {
			t.Errorf("PDF: %v", err)
		}
		if svg := f.SVG(); !strings.Contains(svg, ">"+title+"<") {
			t.Errorf("the SVG lacks %s in one piece", title)
		}
	}
}

func TestEverySyllableOfKSX1001HasAShape(t *testing.T) {
	ty := handler.(typesetter)
	fnt := words(10).Font
	for _, s := range []string{"가힣뷁", "합성곱 신경망", "“따옴표”…·", "αβγ∂σ≥≤±×→", "ㄱㄴㅏ"} {
		_, missing := ty.runs(s, fnt)
		// Two of the first are in Unicode but not in the standard.
		if missing != 0 && s != "가힣뷁" {
			t.Errorf("%q: %q is missing", s, missing)
		}
	}
	if _, missing := ty.runs("漢", fnt); missing != '漢' {
		t.Errorf("%q is missing, want a Chinese letter", missing)
	}
}

func TestMissingLetterIsAnError(t *testing.T) {
	f := koreanCurve(t, "漢字")
	for name, draw := range map[string]func() ([]byte, error){"PNG": f.PNG, "PDF": f.PDF} {
		if _, err := draw(); err == nil || !strings.Contains(err.Error(), "漢") || !strings.Contains(err.Error(), "U+6F22") {
			t.Errorf("%s: error %v, want one that names the letter", name, err)
		}
	}
	if svg := f.SVG(); !strings.Contains(svg, "漢字") {
		t.Error("an SVG takes any letter")
	}
}

func TestFiguresSpeakKorean(t *testing.T) {
	f, err := History("LeNet-5", Run{TrainLoss: []float64{2, 1}, TestLoss: []float64{2, 1.5}})
	if err != nil {
		t.Fatal(err)
	}
	svg := f.Korean(map[string]string{"LeNet-5": "르넷-5"}).SVG()
	for _, want := range []string{">에폭<", ">손실<", ">학습<", ">시험<", ">르넷-5<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the Korean figure lacks %s", want)
		}
	}
	if strings.Contains(svg, "epoch") || strings.Contains(svg, "\x01") {
		t.Error("the Korean figure has English, or marks")
	}
	if svg := f.SVG(); !strings.Contains(svg, ">epoch<") || strings.Contains(svg, "에폭") {
		t.Error("the figure itself has changed")
	}
	page, err := f.Inline()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<text lang="en"`, `<text lang="ko"`, ">에폭<", ">epoch<", "var(--plot-ink,#222222)", "var(--plot-paper,#FFFFFF)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the figure for a page lacks %s", want)
		}
	}
	if strings.ContainsAny(page, "\x01\x02") {
		t.Error("marks are left")
	}
	if m, err := Confusion([][]int{{3, 1}, {0, 4}}, nil); err != nil || !strings.Contains(m.Korean(nil).SVG(), "8개 중 87.50 % 정답") {
		t.Errorf("the confusion matrix has no Korean title: %v", err)
	}
}

func TestImagesFitANotebook(t *testing.T) {
	for _, columns := range []int{0, 1, 8, 16, 40} {
		captions := make([]string, 64)
		for i := range captions {
			captions[i] = "automobile, not airplane"
		}
		f, err := Images(pictures(64, 32, 32), ImagesConfig{Columns: columns, Captions: captions, Title: strings.Repeat("a long title ", 12)})
		if err != nil {
			t.Fatal(err)
		}
		if f.width > 600*vg.Points(1) {
			t.Errorf("%d columns: %g points wide, want at most 600", columns, f.width)
		}
		if _, err := f.PNG(); err != nil {
			t.Error(err)
		}
	}
	if _, err := Images(pictures(64, 4, 4), ImagesConfig{Columns: 64}); err == nil {
		t.Error("64 columns have room")
	}
}

// A notebook's figure is dark in a dark JupyterLab; a file's is on white and names no variables.
func TestFigureFollowsTheNotebook(t *testing.T) {
	f := koreanCurve(t, "a")
	svg := f.SVG()
	for _, want := range []string{`<svg class="plot"`, "[data-jp-theme-light=false] .plot", "--plot-paper:#15181D;", "fill:var(--plot-paper,#FFFFFF)"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the figure lacks %s", want)
		}
	}
	path := filepath.Join(t.TempDir(), "a.svg")
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || bytes.Contains(b, []byte("var(")) || !bytes.Contains(b, []byte("fill:#FFFFFF")) {
		t.Errorf("the file has variables, or no paper: %v", err)
	}
}

// A process that speaks Korean draws all its figures so, and pages still have both languages.
func TestSpeakKorean(t *testing.T) {
	SpeakKorean(map[string]string{"LeNet-5": "르넷-5", "cat": "고양이", "dog": "개"})
	defer SpeakEnglish()
	f, err := History("LeNet-5", Run{TrainLoss: []float64{2, 1}, TestLoss: []float64{2, 1.5}})
	if err != nil {
		t.Fatal(err)
	}
	pixel := image.NewGray(image.Rect(0, 0, 8, 8))
	pictures, err := Images([]image.Image{pixel, pixel}, ImagesConfig{Labels: []int{0, 1}, Predictions: []int{1, 1}, Classes: []string{"cat", "dog"}})
	if err != nil {
		t.Fatal(err)
	}
	svg, inline := f.SVG()+pictures.SVG(), ""
	if inline, err = f.Inline(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">에폭<", ">손실<", ">학습<", ">시험<", ">르넷-5<", ">개, 정답 고양이<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the figures lack %s", want)
		}
	}
	if !strings.Contains(inline, ">epoch<") || !strings.Contains(inline, ">에폭<") {
		t.Error("a page's figure lacks one of the languages")
	}
	if b, err := f.PNG(); err != nil || len(b) == 0 {
		t.Errorf("PNG: %v", err)
	}
	SpeakEnglish()
	if svg := f.SVG(); strings.Contains(svg, "에폭") {
		t.Error("still Korean")
	}
}

package lab

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/plots"
)

// tiny runs an experiment with its least settings and checks what all results
// have to have.
func tiny(t *testing.T, name string) *Result {
	t.Helper()
	e, err := Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	r, err := Do(context.Background(), e, Settings{tiny: true, Seeds: []uint64{1, 2}, Progress: func(done, of int, what string) {
		if done < last || done >= of || what == "" {
			t.Errorf("progress %d of %d (%s) after %d", done, of, what, last)
		}
		last = done
	}})
	if err != nil {
		t.Fatal(err)
	}
	if last < 0 {
		t.Error("no progress is told")
	}
	if len(r.Claims) == 0 || len(r.Tables) == 0 || len(r.Figures) == 0 || len(r.Method) == 0 {
		t.Fatalf("%d claims, %d tables, %d figures, %d texts on the method", len(r.Claims), len(r.Tables), len(r.Figures), len(r.Method))
	}
	both := func(what string, text Text) {
		if text.EN == "" || text.KO == "" {
			t.Errorf("%s is not in both languages: %+v", what, text)
		}
		for _, bad := range []string{"%!", "NaN", "n/a"} {
			if strings.Contains(text.EN, bad) || strings.Contains(text.KO, bad) {
				t.Errorf("%s has %q: %+v", what, bad, text)
			}
		}
	}
	both("title", r.Title)
	both("question", r.Question)
	for _, m := range r.Method {
		both("method", m)
	}
	for _, c := range r.Claims {
		both("claim", c.Textbook)
		both("measured", c.Measured)
		both("verdict", c.Verdict)
		if c.Published != (Text{}) {
			both("published", c.Published)
		}
		if c.Source == "" {
			t.Errorf("no source of %q", c.Textbook.EN)
		}
		t.Logf("%s: %s [%s]", c.Textbook.EN, c.Measured.EN, c.Holds)
	}
	for _, f := range r.Figures {
		both("caption of "+f.Name, f.Caption)
		both("alt of "+f.Name, f.Alt)
		if f.Figure != nil && f.Name != "functions" { // those are of mathematics, not of a run
			both("what shows "+f.Name, f.Shows)
		}
		for what, text := range map[string]Text{"title": f.Title, "caption": f.Caption, "alt": f.Alt} {
			if word := outcome(text); word != "" {
				t.Errorf("the %s of %s says %q, which another run may not show; Shows is made of numbers: %+v", what, f.Name, word, text)
			}
		}
	}
	for _, x := range r.Tables {
		both("caption of "+x.Name, x.Caption)
		if len(x.Rows) == 0 || len(x.HeadKO) == 0 {
			t.Errorf("table %s: %d rows, head in Korean %q", x.Name, len(x.Rows), x.HeadKO)
		}
	}
	if _, err := r.Page().HTML(); err != nil {
		t.Error(err)
	}
	return r
}

// numbers reads a column of a table, of the rows whose first cells are these.
func numbers(t *testing.T, r *Result, name, column string, first ...string) []float64 {
	t.Helper()
	v, err := r.numbers(name, column, first...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestExperimentsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range All() {
		if e.Title.EN == "" || e.Title.KO == "" || e.Question.EN == "" || e.Question.KO == "" || e.Takes == "" || e.Run == nil || len(e.Papers) == 0 {
			t.Errorf("%s lacks something: %+v", e.Name, e)
		}
		if !fileName.MatchString(e.Name) || seen[e.Name] {
			t.Errorf("name %q", e.Name)
		}
		seen[e.Name] = true
		for _, p := range e.Papers {
			if p.Authors == "" || p.Title == "" || p.Year < 1900 || !strings.HasPrefix(p.URL, "https://") {
				t.Errorf("%s: paper %+v", e.Name, p)
			}
		}
	}
	if _, err := Lookup("liner"); err == nil || !strings.Contains(err.Error(), `did you mean "linear"`) {
		t.Errorf("error %v suggests nothing", err)
	}
}

// sample is a result of two numbers.
func sample(t *testing.T) *Result {
	t.Helper()
	f, err := plots.Curve("Two", "x", "y", plots.Series{Y: []float64{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	r := &Result{
		Experiment: "linear", Title: Text{EN: "T", KO: "제목"}, Question: Text{EN: "Q?", KO: "질문?"}, Seeds: []uint64{1, 2}, Command: "demo lab linear",
		Claims:  []Claim{{Textbook: Text{EN: "a|b", KO: "가"}, Source: "S 1999", Measured: Text{EN: "1.5", KO: "1.5"}, Table: "two", Holds: Partly, Verdict: Text{EN: "Why.", KO: "왜."}}},
		Tables:  []Table{{Name: "two", Caption: Text{EN: "Two numbers", KO: "수 둘"}, Head: []string{"seed", "value"}}},
		Figures: []Figure{{Name: "two", Figure: f, Caption: Text{EN: "C", KO: "설명"}, Alt: Text{EN: "A line.", KO: "선."}}},
	}
	r.Tables[0].add(1, 1.0)
	r.Tables[0].add(2, 2.0)
	return r
}

func TestWrittenAndReadAgain(t *testing.T) {
	docs := t.TempDir()
	dir := filepath.Join(docs, "lab", "linear")
	r := sample(t)
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"result.json", "two.csv", "two.svg", "two.png", "index.html"} {
		if s, err := os.Stat(filepath.Join(dir, name)); err != nil || s.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	again, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := numbers(t, again, "two", "value"); len(got) != 2 || got[0] != 1 || got[1] != 2 {
		t.Errorf("values %v", got)
	}
	if !reflect.DeepEqual(again.Claims[0], r.Claims[0]) || again.Title != r.Title {
		t.Errorf("read %+v, want %+v", again, r)
	}
	pages, err := Lessons(docs)
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string]string{"en": `| a\|b | S 1999 | 1.5 | **holds in part.** Why. |`, "ko": "| 가 | S 1999 | 1.5 | **일부만 맞다.** 왜. |"} {
		if !strings.Contains(pages[language], want) {
			t.Errorf("%s: no row %q in\n%s", language, want, pages[language])
		}
	}
	if _, err := Lessons(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no results") {
		t.Errorf("lessons without results: %v", err)
	}
}

func TestRefusesResults(t *testing.T) {
	for want, change := range map[string]func(*Result){
		"which is not there": func(r *Result) { r.Claims[0].Table = "three" },
		`verdict ""`:         func(r *Result) { r.Claims[0].Holds = "" },
		`table name "../x"`:  func(r *Result) { r.Tables[0].Name = "../x" },
		"has 3 cells":        func(r *Result) { r.Tables[0].add(1, 2, 3) },
		"something drawn":    func(r *Result) { r.Figures[0].Figure = nil },
	} {
		r := sample(t)
		change(r)
		if err := r.Write(filepath.Join(t.TempDir(), "x")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	for _, e := range All() {
		if _, err := Do(stopped, e, Settings{tiny: true, Seeds: []uint64{1}}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s goes on without its context: %v", e.Name, err)
		}
	}
	if _, err := Do(context.Background(), All()[0], Settings{Seeds: []uint64{}}); err == nil || !strings.Contains(err.Error(), "0 seeds") {
		t.Errorf("no seeds: %v", err)
	}
}

// docs/lessons.md says what the results in docs/lab say.
func TestLessonsAreInStep(t *testing.T) {
	docs := filepath.Join("..", "docs")
	if _, err := os.Stat(filepath.Join(docs, "lab")); err != nil {
		t.Skip("no results yet")
	}
	pages, err := Lessons(docs)
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range pages {
		got, err := os.ReadFile(filepath.Join(docs, lessonsFile(language)))
		if err != nil || string(got) != want {
			t.Errorf("%s is not what docs/lab says: run 'demo lab lessons' (%v)", lessonsFile(language), err)
		}
	}
}

func TestSpread(t *testing.T) {
	s := spreadOf([]float64{0.5, 0.25, 0.75})
	for got, want := range map[string]string{
		s.Percent(): "50.0 % (25.0 to 75.0)", s.Fixed(1): "0.5 (0.2 to 0.8)", s.Short(): "0.50 (0.25 to 0.75)",
		spreadOf([]float64{2e-17}).Short(): "2.0e-17", spreadOf(nil).Short(): "n/a", spreadOf([]float64{1, 1}).Fixed(2): "1.00",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOriginInKorean(t *testing.T) {
	for source, want := range map[string]string{
		"He et al. 2015, section 2.2 and figure 3":  "He et al. 2015, 2.2절, 그림 3",
		"Glorot and Bengio 2010, figures 7 and 8":   "Glorot and Bengio 2010, 그림 7과 8",
		"Clevert et al. 2015, sections 4.1 and 4.2": "Clevert et al. 2015, 4.1절과 4.2절",
		"Rosenblatt 1958":                           "Rosenblatt 1958",
	} {
		if got := (Claim{Source: source}).origin(); got.KO != want || got.EN != source {
			t.Errorf("%q is %+v, want %q in Korean", source, got, want)
		}
	}
}

func TestDataInKorean(t *testing.T) {
	for data, want := range map[string]string{
		"CIFAR-10, 2560 images to train on and 1000 to test, scaled to 16x16":   "CIFAR-10, 학습 이미지 2560장, 시험 이미지 1000장, 크기 16x16",
		"ResNet-20, trained on CIFAR-10 to 0.9197 test accuracy (docs/results)": "CIFAR-10을 시험 정확도 0.9197까지 학습한 ResNet-20 (docs/results)",
		"residual network of 20 layers, trained for 4 epochs (CIFAR-10)":        "4에폭 학습한 20층 잔차 신경망 (CIFAR-10)",
		"MNIST, embedded subset": "MNIST, 프로그램에 내장된 일부",
	} {
		if got := (&Result{Data: []string{data}}).dataIn(); got.KO != want || got.EN != data {
			t.Errorf("%q is %+v, want %q in Korean", data, got, want)
		}
	}
}

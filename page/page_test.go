package page

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/plots"
)

func figure(t *testing.T) *plots.Figure {
	t.Helper()
	f, err := plots.Curve("loss", "epoch", "loss", plots.Series{Name: "plain", Y: []float64{3, 2, 1}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func pixels(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func whole(t *testing.T) Page {
	return Page{
		Title: T("Depth & gradients", "깊이와 기울기"),
		Lead:  T("Plain *networks* lose it.", "일반 *신경망*은 잃는다."),
		Sections: []Section{
			{ID: "curves", Title: T("Curves", "곡선"), Parts: []Part{
				P("See `layer1.0` in [He et al. 2015](https://arxiv.org/abs/1512.03385); 2 * 3 * 4 < 25.", "`layer1.0`을 보라."),
				Chart{X: T("epoch", "에폭"), Y: T("loss", "손실"), Series: []Series{
					{Name: T("training", "학습"), Y: []float64{2, 1, math.NaN(), 0.5}, Dashed: true},
					{Name: T("test", "시험"), X: []float64{2, 4}, Y: []float64{1.5, 0.75}},
				}},
				Figure{Figure: figure(t), Alt: T("The loss falls from 3 to 1.", "손실이 3에서 1로 줄어든다.")},
				Picture{SVG: `<svg id="a" width="90" height="30"><g id="b"><use href="#b"/></g></svg>`, Alt: T("A box.", "상자 하나."), Full: true},
				Picture{SVG: `<svg><g id="c"><text>box</text></g></svg>`, KO: `<?xml version="1.0"?><svg><g id="c"><text>상자</text></g></svg>`, Alt: T("A box.", "상자 하나.")},
				Picture{PNG: pixels(t), Alt: T("Black.", "검은색."), Pixels: true},
			}},
			{Title: T("Numbers", "수치"), Parts: []Part{
				Facts{{Name: T("accuracy", "정확도"), Value: "99.1 %"}, {Name: T("verdict", "판정"), Said: T("holds", "성립")}},
				Table{Head: []Text{T("network", "신경망"), T("error", "오차")}, Rows: [][]string{{"plain", "0.52 ± 0.01"}, {"residual", "0.1"}}, KO: map[string]string{"plain": "일반"}, CSV: "depth.csv"},
				Gallery{Tiles: []Tile{{PNGs: [][]byte{pixels(t), pixels(t)}, Caption: T("says 7, is 1", "예측 7, 정답 1"), Marked: true}}},
				Gallery{Tiles: []Tile{{PNGs: [][]byte{pixels(t)}}, {PNGs: [][]byte{pixels(t)}}}, Small: true, Alt: T("Two filters.", "필터 두 개.")},
				Bars{Head: T("layer", "층"), Measure: T("ms", "밀리초"), Bars: []Bar{{Name: T("conv1", ""), Share: 1, Value: "3.2"}, {Name: T("fc", ""), Share: 0.1, Value: "0.3"}}},
				Side{List{T("one", "하나")}, Details{Summary: T("More", "더 보기"), Parts: []Part{Command("demo lab skip --seeds 3")}}},
			}},
		},
		Footer: T("Made by stheno.", "stheno가 만듦."),
	}
}

func TestPageIsOneFileThatNeedsNothing(t *testing.T) {
	b, err := whole(t).HTML()
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("STHENO_PAGES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "whole.html"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := string(b)
	for _, want := range []string{
		`<em>networks</em>`, `<code>layer1.0</code>`, `<a href="https://arxiv.org/abs/1512.03385">He et al. 2015</a>`, `2 * 3 * 4 &lt; 25`,
		`<span lang="ko">깊이와 기울기</span>`, `Depth &amp; gradients`, `default-src 'none'`, `id="section-2"`,
		`role="img" aria-labelledby="alt-1"`, `training: 2 at 1, 0.5 at 4`, `<td class="number">0.1</td>`, `<span lang="ko">일반</span>`,
		`download="depth.csv"`, `var(--plot-blue,#0072B2)`, `demo lab skip`, "Copyright (c) 2022 Leon Sorokin",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, address := range []string{`src="http`, `href="//`, "@import", "url(http"} {
		if strings.Contains(got, address) {
			t.Errorf("the page fetches something: %s", address)
		}
	}
	if strings.Contains(got, `href="#b"`) || strings.Contains(got, ` id="b"`) {
		t.Error("an SVG's anchors are the page's")
	}
}

func TestPageRefuses(t *testing.T) {
	one := func(parts ...Part) Page {
		return Page{Title: T("t", ""), Sections: []Section{{Title: T("s", ""), Parts: parts}}}
	}
	deep := Part(P("x", ""))
	for range 20 {
		deep = Side{deep}
	}
	for name, p := range map[string]Page{
		"no title":        {},
		"anchor":          {Title: T("t", ""), Sections: []Section{{ID: `a"b`, Title: T("s", "")}}},
		"same anchor":     {Title: T("t", ""), Sections: []Section{{ID: "a", Title: T("s", "")}, {ID: "a", Title: T("s", "")}}},
		"section's title": {Title: T("t", ""), Sections: []Section{{}}},
		"nil part":        one(nil),
		"no Alt":          one(Figure{Figure: figure(t)}),
		"no figure":       one(Figure{Alt: T("a", "")}),
		"no SVG":          one(Picture{SVG: "hello", Alt: T("a", "")}),
		"no PNG":          one(Picture{Alt: T("a", "")}),
		"no other":        one(Picture{KO: "<svg/>", Alt: T("a", "")}),
		"no Korean SVG":   one(Picture{SVG: "<svg/>", KO: "hello", Alt: T("a", "")}),
		"ragged":          one(Table{Head: []Text{T("a", "")}, Rows: [][]string{{"1", "2"}}}),
		"no head":         one(Table{}),
		"CSV's name":      one(Table{Head: []Text{T("a", "")}, CSV: "../a"}),
		"no series":       one(Chart{}),
		"falling x":       one(Chart{Series: []Series{{X: []float64{2, 1}, Y: []float64{1, 2}}}}),
		"lengths":         one(Chart{Series: []Series{{X: []float64{2}, Y: []float64{1, 2}}}}),
		"nothing finite":  one(Chart{Series: []Series{{Y: []float64{math.NaN()}}}}),
		"no summary":      one(Details{}),
		"no tiles":        one(Gallery{}),
		"tiles' Alt":      one(Gallery{Tiles: []Tile{{PNGs: [][]byte{pixels(t)}}}}),
		"empty tile":      one(Gallery{Tiles: []Tile{{}}, Alt: T("a", "")}),
		"no bars":         one(Bars{}),
		"long bar":        one(Bars{Head: T("a", ""), Measure: T("b", ""), Bars: []Bar{{Share: 2}}}),
		"too deep":        one(deep),
	} {
		if _, err := p.HTML(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMarkupLetsNothingThrough(t *testing.T) {
	for in, want := range map[string]string{
		`<b>`:                      `&lt;b&gt;`,
		"`<b>`":                    `<code>&lt;b&gt;</code>`,
		`[x](javascript:alert(1))`: `[x](javascript:alert(1))`,
		`[x](data:text/html,1)`:    `[x](data:text/html,1)`,
		`[a *b*](#top)`:            `<a href="#top">a <em>b</em></a>`,
		`[a](lab/skip/index.html)`: `<a href="lab/skip/index.html">a</a>`,
		`\*a\*`:                    `*a*`,
		`a * b * c`:                `a * b * c`,
		"`open":                    "`open",
		`C:\dir`:                   `C:\dir`,
	} {
		if got := markup(in); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

func TestLiteralIsItself(t *testing.T) {
	for _, s := range []string{`[a](https://b) *c* ` + "`d`" + ` \e`, "plain", "한글*"} {
		if got := unmarked(Literal(s)); got != s {
			t.Errorf("%s is read as %s", s, got)
		}
	}
}

func TestWriteIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.html")
	if err := whole(t).Write(path); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.HasSuffix(b, []byte("</html>\n")) {
		t.Fatalf("%v, %d bytes", err, len(b))
	}
}

func FuzzMarkup(f *testing.F) {
	f.Add("`a` *b* [c](https://d) \\*")
	f.Fuzz(func(t *testing.T, s string) {
		got := markup(s)
		for _, tag := range tags.FindAllString(got, -1) {
			if tag != "<em>" && tag != "</em>" && tag != "<code>" && tag != "</code>" && tag != "</a>" && !strings.HasPrefix(tag, `<a href="`) {
				t.Fatalf("%q became %q", s, got)
			}
		}
	})
}

package drawing

import (
	"bytes"
	"context"
	"image/png"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
)

func lenet(t *testing.T, o Options) Drawing {
	t.Helper()
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		t.Fatal(err)
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Network(net, graph.TrainingConfig(a.Input.WithBatch(2)...), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSVGAndPNG(t *testing.T) {
	d := lenet(t, Options{Title: `the "small" one, <C:\new>`})
	svg := d.SVG()
	for _, want := range []string{"conv1", "fc3", "6x28x28", "&lt;C:\\new&gt;", "prefers-color-scheme:dark", "Liberation Sans", `fill="#bcd6f2"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("drawing lacks %q", want)
		}
	}
	s := sound(t, "lenet5", svg)
	b, err := d.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Dx(); got < int(2*s.width) || got > int(2*s.width)+2 {
		t.Errorf("the picture is %d pixels wide, the SVG %g points", got, s.width)
	}
	if _, err := lenet(t, Options{Title: "合成"}).PNG(); err == nil || !strings.Contains(err.Error(), "合") {
		t.Errorf("error %v, want one that names the sign without a glyph", err)
	}
}

// In Korean every word is: what stays English are names of layers and activations.
func TestKorean(t *testing.T) {
	d := lenet(t, Options{Title: "합성곱 신경망", Korean: true})
	s := sound(t, "lenet5", d.SVG())
	for _, want := range []string{"입력", "5x5 합성곱, 6", "2x2 최대 풀링, /2", "완전 연결, 10", "소프트맥스, 손실", "활성화 함수"} {
		found := false
		for _, l := range s.texts {
			found = found || l.text == want
		}
		if !found {
			t.Errorf("no text %q", want)
		}
	}
	if hover := s.find(t, "conv1").hover; !strings.Contains(hover, "매개변수 156개, 이미지당 곱셈-덧셈 117,600회, 패딩 2x2") {
		t.Errorf("pointing at conv1 shows %q", hover)
	}
	if _, err := d.PNG(); err != nil {
		t.Error(err)
	}
	if svg := lenet(t, Options{Korean: true, ToScale: true}).SVG(); !strings.Contains(svg, "실제 비율: 픽셀당 5.36포인트") {
		t.Error("no scale in Korean")
	}
}

func TestRenderHeedsItsContext(t *testing.T) {
	d := lenet(t, Options{})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := d.Render(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	var none context.Context
	if _, err := d.Render(none); err == nil {
		t.Error("no context is no error")
	}
	if _, err := (Drawing{}).Render(t.Context()); err == nil {
		t.Error("no drawing is no error")
	}
	if _, err := (Drawing{}).PNG(); err == nil {
		t.Error("no drawing is no error as PNG")
	}
	if _, err := Program(nil, Options{}); err == nil {
		t.Error("no program is no error")
	}
	if _, err := Network(nil, graph.InferenceConfig(1, 2), Options{}); err == nil {
		t.Error("no network is no error")
	}
	if svg, want := Operations(nil, Options{}).SVG(), Expression(Options{}, nil).SVG(); svg != want {
		t.Errorf("nothing is drawn as %s, no node as %s", svg, want)
	}
	if svg := (Drawing{}).SVG(); !strings.Contains(svg, "<svg") {
		t.Errorf("a drawing that fails shows itself as %q", svg)
	}
	if dot := (Drawing{}).DOT(); !strings.Contains(dot, "digraph") {
		t.Errorf("an empty drawing is %q", dot)
	}
}

func TestStyleHasEveryPaint(t *testing.T) {
	css := Style()
	for p := range looks {
		if !strings.Contains(css, ".d-"+string(p)+"{") {
			t.Errorf("the style sheet lacks %s", p)
		}
	}
	for _, w := range words {
		if _, ok := looks[paint(w.kind)]; !ok {
			t.Errorf("kind %s has no colour", w.kind)
		}
	}
}

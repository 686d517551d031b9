package plots

import (
	"bytes"
	"encoding/xml"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
	"pgregory.net/rapid"
)

func TestRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ok := Series{Name: "ok", Y: []float64{1, 2}}
	id := func(x float64) float64 { return x }
	img := pictures(2, 4, 4)
	two := []string{"a", "b"}
	cases := []struct {
		name string
		make func() (*Figure, error)
		want string
	}{
		{"no series", func() (*Figure, error) { return Curve("t", "", "") }, `curve "t": no series`},
		{"x and y", func() (*Figure, error) {
			return Curve("t", "", "", ok, Series{Name: "s", X: []float64{1}, Y: []float64{1, 2}})
		}, `series "s" has 1 x and 2 y`},
		{"all NaN", func() (*Figure, error) { return Curve("t", "", "", Series{Name: "s", Y: []float64{nan, inf}}) }, `series "s" has no finite point among 2`},
		{"not positive", func() (*Figure, error) { return LogCurve("t", "", "", Series{Name: "s", Y: []float64{0, -1}}) }, "no finite point"},
		{"range", func() (*Figure, error) { return Function("f", 1, 1, id, nil) }, "range is 1 to 1, want lo < hi"},
		{"range NaN", func() (*Figure, error) { return Functions("f", nan, 1, Func{F: id}) }, "range is NaN"},
		{"nil function", func() (*Figure, error) { return Function("f", 0, 1, nil, nil) }, "is nil"},
		{"no functions", func() (*Figure, error) { return Functions("f", 0, 1) }, "no functions"},
		{"function nowhere", func() (*Figure, error) { return Function("f", 0, 1, func(float64) float64 { return nan }, nil) }, "no finite point"},
		{"function that panics", func() (*Figure, error) { return Function("f", 0, 1, func(float64) float64 { panic("no") }, nil) }, "panic: no"},
		{"derivative that panics", func() (*Figure, error) {
			return Functions("f", 0, 1, Func{Name: "g", F: id, Derivative: func(x float64) float64 { panic("no") }})
		}, `function "g'" at 0: panic: no`},
		{"overflow", func() (*Figure, error) { return Confusion([][]int{{math.MaxInt, 1}, {3, 4}}, nil) }, "more than"},
		{"no rates", func() (*Figure, error) { return LearningRates("l", nil, nil, nil) }, "0 rates, 0 losses"},
		{"losses of rates", func() (*Figure, error) { return LearningRates("l", []float64{1, 2}, []float64{1, 2}, []float64{1}) }, "2 losses and 1 smoothed"},
		{"rate of 0", func() (*Figure, error) { return LearningRates("l", []float64{0}, []float64{1}, nil) }, "rate 0 is 0"},
		{"falling rates", func() (*Figure, error) { return LearningRates("l", []float64{2, 1}, []float64{1, 1}, nil) }, "rate 1 is 1 after 2"},
		{"no finite loss", func() (*Figure, error) { return LearningRates("l", []float64{2}, []float64{nan}, nil) }, "no finite point"},
		{"mark elsewhere", func() (*Figure, error) {
			return LearningRates("l", []float64{1, 2}, []float64{1, 1}, nil, Mark{"m", 300})
		}, `mark "m" is at 300`},
		{"no bins", func() (*Figure, error) { return Reliability("r", nil) }, "no images in 0 bins"},
		{"bins that overlap", func() (*Figure, error) {
			return Reliability("r", []ReliabilityBin{{Low: 0, High: 0.5, Images: 1}, {Low: 0.4, High: 1, Images: 1}})
		}, "bin 1 is 0.4 to 1"},
		{"accuracy of 2", func() (*Figure, error) { return Reliability("r", []ReliabilityBin{{High: 1, Images: 1, Accuracy: 2}}) }, "accuracy 2"},
		{"no runs", func() (*Figure, error) { return History("h") }, "no runs"},
		{"empty run", func() (*Figure, error) { return History("h", Run{TestLoss: []float64{nan}}) }, "no finite value in 1 runs"},
		{"epochs", func() (*Figure, error) { return History("h", Run{Epochs: []float64{1}, TrainLoss: []float64{1, 2}}) }, "training loss has 2 values, want 1"},
		{"no images", func() (*Figure, error) { return Images(nil, ImagesConfig{}) }, "none to draw"},
		{"nil image", func() (*Figure, error) { return Images([]image.Image{nil}, ImagesConfig{}) }, "image 0: is nil"},
		{"typed nil image", func() (*Figure, error) { return Images([]image.Image{(*image.Gray)(nil)}, ImagesConfig{}) }, "image 0: *image.Gray without"},
		{"endless image", func() (*Figure, error) {
			return Images([]image.Image{image.NewUniform(ink)}, ImagesConfig{})
		}, "image 0: has 2000000000 x 2000000000 pixels"},
		{"empty image", func() (*Figure, error) {
			return Images([]image.Image{image.NewGray(image.Rectangle{})}, ImagesConfig{})
		}, "image 0: is empty"},
		{"labels", func() (*Figure, error) { return Images(img, ImagesConfig{Labels: []int{1}}) }, "2 images and 1 labels"},
		{"predictions", func() (*Figure, error) { return Images(img, ImagesConfig{Predictions: []int{1}}) }, "2 images and 1 predictions"},
		{"captions", func() (*Figure, error) { return Images(img, ImagesConfig{Captions: []string{"a"}}) }, "2 images and 1 captions"},
		{"class", func() (*Figure, error) { return Images(img, ImagesConfig{Labels: []int{0, 2}, Classes: two}) }, "image 1 has label 2, there are 2 classes"},
		{"columns", func() (*Figure, error) { return Images(img, ImagesConfig{Columns: -1}) }, "-1 columns"},
		{"empty matrix", func() (*Figure, error) { return Confusion(nil, nil) }, "the matrix is empty"},
		{"not square", func() (*Figure, error) { return Confusion([][]int{{1, 2}, {3}}, nil) }, "row 1 has 1 columns, want 2"},
		{"negative", func() (*Figure, error) { return Confusion([][]int{{1, -2}, {3, 4}}, nil) }, "row 0, column 1 is -2"},
		{"names", func() (*Figure, error) { return Confusion([][]int{{1}}, two) }, "2 names for 1 classes"},
		{"no values", func() (*Figure, error) { return Histogram("h", "", 0) }, "no values"},
		{"bins", func() (*Figure, error) { return Histogram("h", "", -1, ok) }, "-1 bins"},
		{"values NaN", func() (*Figure, error) { return Histogram("h", "", 0, Series{Y: []float64{nan}}) }, "no finite value"},
		{"no layers", func() (*Figure, error) { return GradientFlow("g", nil, ok) }, "0 layers and 1 series"},
		{"layers", func() (*Figure, error) { return GradientFlow("g", []string{"conv1"}, ok) }, `series "ok" has 2 norms for 1 layers`},
		{"negative norm", func() (*Figure, error) { return GradientFlow("g", two, Series{Y: []float64{1, -1}}) }, `layer "b" in series "" is -1`},
		{"infinite norm", func() (*Figure, error) { return GradientFlow("g", two, Series{Y: []float64{1, inf}}) }, "is +Inf"},
		{"no norm", func() (*Figure, error) { return GradientFlow("g", two, Series{Y: []float64{0, nan}}) }, "no norm is above 0"},
	}
	for _, c := range cases {
		f, err := c.make()
		if err == nil || f != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// Any numbers make a picture or an error, never a panic, an endless loop or NaN coordinates.
func TestAnyNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-3, 3), rapid.SampledFrom([]float64{0, 1, -1, 1e16, 1e16 + 2, 1e100, -1e100,
			5e-324, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}))
		y := rapid.SliceOfN(value, 1, 8).Draw(t, "y")
		names := make([]string, len(y))
		for name, draw := range map[string]func() (*Figure, error){
			"curve":     func() (*Figure, error) { return Curve("", "", "", Series{Y: y}) },
			"log curve": func() (*Figure, error) { return LogCurve("", "", "", Series{Y: y}) },
			"histogram": func() (*Figure, error) { return Histogram("", "", 0, Series{Y: y}) },
			"history":   func() (*Figure, error) { return History("", Run{TrainLoss: y, TestAccuracy: y}) },
			"gradients": func() (*Figure, error) { return GradientFlow("", names, Series{Y: y}) },
		} {
			f, err := draw()
			if err != nil {
				continue
			}
			svg, err := f.svg(english)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf,") || strings.Contains(svg, ",Inf") {
				t.Fatalf("%s: coordinates that are no numbers", name)
			}
		}
	})
}

func TestSave(t *testing.T) {
	f, err := Curve("t", "x", "y", Series{Y: []float64{1, 3, 2}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, magic := range map[string]string{"a.svg": "<?xml", "b.PNG": "\x89PNG\r\n\x1a\n", "c.pdf": "%PDF-"} {
		path := filepath.Join(dir, name)
		if err := f.Save(path); err != nil {
			t.Error(err)
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(b, []byte(magic)) {
			t.Errorf("%s starts with %.8q, %v", name, b, err)
		}
	}
	if err := f.Save(filepath.Join(dir, "d.gif")); err == nil || !strings.Contains(err.Error(), `".gif", want .svg, .png or .pdf`) {
		t.Errorf("gif: %v", err)
	}
	if err := f.Save(filepath.Join(dir, "nowhere", "a.svg")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("missing folder: %v", err)
	}
	// A figure that cannot be drawn leaves the older file alone, and nothing beside it.
	before, _ := os.ReadFile(filepath.Join(dir, "a.svg"))
	broken := &Figure{title: "<broken>", width: 100, height: 100, panels: []panel{panics{}}}
	for _, name := range []string{"a.svg", "b.PNG", "c.pdf"} {
		if err := broken.Save(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), "no ink") {
			t.Errorf("%s: error %v, want the reason", name, err)
		}
	}
	after, _ := os.ReadFile(filepath.Join(dir, "a.svg"))
	entries, _ := os.ReadDir(dir)
	if !bytes.Equal(before, after) || len(entries) != 3 {
		t.Errorf("a failure left %d files, the old one unchanged: %v", len(entries), bytes.Equal(before, after))
	}
	if svg := broken.SVG(); !strings.Contains(svg, "no ink") || xml.Unmarshal([]byte(svg), new(struct{})) != nil {
		t.Errorf("a broken figure shows as %q", svg)
	}
}

// What no function of the package made, and what no page holds, is an error in all forms.
func TestFigureWithoutAPicture(t *testing.T) {
	dir := t.TempDir()
	tall, err := Images(pictures(3000, 4, 4), ImagesConfig{Columns: 1})
	if err != nil {
		t.Fatal(err)
	}
	strip, err := Images([]image.Image{image.NewGray(image.Rect(0, 0, 1, 60000))}, ImagesConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		f    *Figure
		want string
	}{
		{nil, "empty"}, {&Figure{}, "empty"}, {&Figure{panels: []panel{panics{}}}, "0 x 0 points"},
		{tall, "want at most 200 on a side"}, {strip, "want at most 200 on a side"},
	} {
		for _, name := range []string{"a.svg", "a.png", "a.pdf"} {
			if err := c.f.Save(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v, want %q", name, err, c.want)
			}
		}
		if svg := c.f.SVG(); !strings.Contains(svg, c.want) {
			t.Errorf("it shows itself as %q, want %q", svg, c.want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

type panics struct{}

func (panics) draw(draw.Canvas) { panic("no ink") }

func TestSameFigureSameBytes(t *testing.T) {
	make := func() *Figure {
		f, err := Curve("t", "x", "y", Series{Name: "a", Y: normals(50, 1, 1)}, Series{Name: "b", Y: normals(50, 1, 2)})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := make()
	first := f.SVG()
	if f.SVG() != first || make().SVG() != first {
		t.Error("SVG differs from one rendering to the next")
	}
	a, _ := f.PNG()
	b, _ := make().PNG()
	if !bytes.Equal(a, b) {
		t.Error("PNG differs from one rendering to the next")
	}
}

func TestTicks(t *testing.T) {
	cases := []struct {
		ticker plot.Ticker
		lo, hi float64
		want   string
	}{
		{majorTicks{}, 0, 1, "0 0.2 0.4 0.6 0.8 1.0"},
		{majorTicks{}, -4, 4, "-4 -2 0 2 4"},
		{majorTicks{}, 0, 2.4, "0 0.5 1.0 1.5 2.0"},
		{majorTicks{}, 0, 1.4, "0 0.25 0.50 0.75 1.00 1.25"},
		{majorTicks{}, 0, 3e7, "0 5e+06 1e+07 1.5e+07 2e+07 2.5e+07 3e+07"},
		{majorTicks{}, 0, 5e-5, "0 1e-05 2e-05 3e-05 4e-05 5e-05"},
		{majorTicks{whole: true}, 1, 3, "1 2 3"},
		{majorTicks{whole: true}, 1, 30, "5 10 15 20 25 30"},
		{percentTicks{}, 0.5, 1, "50 % 60 % 70 % 80 % 90 % 100 %"},
		{logTicks{}, 0.02, 20, "0.1 1 10"},
		{logTicks{}, 1e-6, 1e-3, "1e-6 1e-5 1e-4 1e-3"},
		{positionTicks{[]string{"a", "b", "c", "d", "e"}, 3}, -0.5, 4.5, "a c e"},
	}
	for _, c := range cases {
		var got []string
		for _, tick := range c.ticker.Ticks(c.lo, c.hi) {
			got = append(got, tick.Label)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%T %g to %g: %q, want %q", c.ticker, c.lo, c.hi, s, c.want)
		}
	}
}

func TestThinKeepsSpikes(t *testing.T) {
	xys := make(plotter.XYs, 100000)
	for i := range xys {
		xys[i].X = float64(i)
	}
	xys[31415].Y, xys[27182].Y = 9, -9
	got := thin(xys)
	if len(got) > mostPoints || !slices.Contains(got, xys[31415]) || !slices.Contains(got, xys[27182]) {
		t.Errorf("%d points, high spike kept: %v, low: %v", len(got), slices.Contains(got, xys[31415]), slices.Contains(got, xys[27182]))
	}
	if !slices.IsSortedFunc(got, func(a, b plotter.XY) int { return int(a.X - b.X) }) {
		t.Error("the order is lost")
	}
}

func TestNumericDerivative(t *testing.T) {
	d := Func{F: elu}.derivative()
	for x := -3.9; x < 4; x += 0.37 {
		want := math.Min(1, math.Exp(x))
		if got := d(x); math.Abs(got-want) > 1e-4 {
			t.Errorf("at %g: %g, want %g", x, got, want)
		}
	}
	own := Func{F: elu, Derivative: func(float64) float64 { return 42 }}
	if own.derivative()(1) != 42 {
		t.Error("a given derivative is not used")
	}
}

func TestCaptions(t *testing.T) {
	cfg := ImagesConfig{Labels: []int{0, 1}, Predictions: []int{0, 0}, Classes: []string{"cat", "dog"}}
	for i, want := range []string{"cat", "cat, not dog"} {
		got, wrong, err := cfg.caption(i)
		if got != want || wrong != (i == 1) || err != nil {
			t.Errorf("image %d: %q, wrong %v, %v", i, got, wrong, err)
		}
	}
	cfg.Predictions = nil
	if got, _, _ := cfg.caption(1); got != "dog" {
		t.Errorf("label alone: %q", got)
	}
}

// Enlarged images keep their pixels as squares of one colour.
func TestEnlarge(t *testing.T) {
	for _, img := range pictures(2, 5, 3) {
		big := enlarge(img, 2.5)
		if big.Bounds() != image.Rect(0, 0, 15, 9) {
			t.Fatalf("bounds %v", big.Bounds())
		}
		for y := range 9 {
			for x := range 15 {
				if big.At(x, y) != img.At(x/3, y/3) {
					t.Fatalf("%T pixel %d,%d is %v, want %v", img, x, y, big.At(x, y), img.At(x/3, y/3))
				}
			}
		}
	}
}

// Pictures inside an SVG are declared as the PNGs they are.
func TestImagesInSVG(t *testing.T) {
	f, err := Images(pictures(3, 8, 8), ImagesConfig{})
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(f.SVG()))
	n := 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "image" {
			for _, a := range e.Attr {
				if a.Name.Local == "href" && strings.HasPrefix(a.Value, "data:image/png;base64,iVBOR") {
					n++
				}
			}
		}
	}
	if n != 3 {
		t.Errorf("%d PNGs in the SVG, want 3", n)
	}
}

package cell

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"
)

type drawn struct {
	png []byte
	err error
}

func (d drawn) PNG() ([]byte, error) { return d.png, d.err }

func TestPixels(t *testing.T) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 300, 150))); err != nil {
		t.Fatal(err)
	}
	size := func(data map[string]any, value any) (map[string]any, any) {
		data, meta := Pixels(data, nil, value)
		return data, meta[typePNG]
	}
	data, meta := size(map[string]any{typeSVG: `<?xml?><svg xmlns="x" width="150pt" height='75pt' viewBox="0 0 1 1"><rect width="9"/></svg>`}, drawn{png: buf.Bytes()})
	if m, ok := meta.(map[string]any); !ok || m["width"] != 200 || m["height"] != 100 {
		t.Errorf("a figure of 150 points: %v", meta)
	}
	if got, ok := data[typePNG].([]byte); !ok || !bytes.HasPrefix(got, []byte("\x89PNG")) {
		t.Error("no PNG beside the SVG")
	}
	if _, meta = size(map[string]any{}, drawn{png: buf.Bytes()}); meta.(map[string]any)["width"] != 200 {
		t.Errorf("without an SVG: %v", meta)
	}
	if data, meta = size(map[string]any{typeText: "figure"}, drawn{err: errors.New("no glyph")}); data[typePNG] != nil || meta != nil || data[typeText] != "figure (no PNG: no glyph)" {
		t.Errorf("a failure: %v, %v", data, meta)
	}
	if data, meta = size(map[string]any{typeText: "7"}, 7); len(data) != 1 || meta != nil {
		t.Errorf("a number: %v, %v", data, meta)
	}
}

func TestSizeOf(t *testing.T) {
	for svg, want := range map[string][2]float64{
		`<svg width="600" height="40">`:                      {600, 40},
		`<svg stroke-width="2" width="96px" height="1in">`:   {96, 96},
		"<svg\n width=\"72.0pt\"\n height=\"36pt\"\n x='1'>": {96, 48},
		`<svg viewBox="0 0 3 4">`:                            {0, 0},
		`<svg width="100%" height="5">`:                      {0, 5},
		`text`:                                               {0, 0},
	} {
		w, h, ok := sizeOf(svg)
		if w != want[0] || h != want[1] || ok != (w > 0 && h > 0) {
			t.Errorf("%s: %v x %v, %v; want %v", strings.TrimSpace(svg), w, h, ok, want)
		}
	}
}

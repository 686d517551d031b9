package cell

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func encoded(t *testing.T, at func(x, y int) color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 120, 80))
	for y := range 80 {
		for x := range 120 {
			img.Set(x, y, at(x, y))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestShrink(t *testing.T) {
	lines := encoded(t, func(x, y int) color.Color {
		return color.NRGBA{uint8(255 - (x*y)%16), uint8(255 - (x+y)%16), 255, 255}
	})
	small := shrink(lines)
	if len(small) >= len(lines)/2 {
		t.Errorf("%d bytes became %d", len(lines), len(small))
	}
	img, err := png.Decode(bytes.NewReader(small))
	if err != nil || img.Bounds() != image.Rect(0, 0, 120, 80) {
		t.Fatal(err, img)
	}
	for y := range 80 {
		for x := range 120 {
			r, _, _, a := img.At(x, y).RGBA()
			if a != 0xffff || int(r>>8) < 255-16 {
				t.Fatalf("at %d, %d: %v", x, y, img.At(x, y))
			}
		}
	}
	// Paper that can be seen through becomes white.
	if img, err = png.Decode(bytes.NewReader(shrink(encoded(t, func(x, y int) color.Color { return color.NRGBA{0, 0, 0, uint8(x)} })))); err != nil {
		t.Fatal(err)
	}
	if r, _, _, a := img.At(0, 0).RGBA(); r != 0xffff || a != 0xffff {
		t.Errorf("clear paper: %v", img.At(0, 0))
	}
	photo := encoded(t, func(x, y int) color.Color { return color.NRGBA{uint8(x * 2), uint8(y * 3), uint8(x * y), 255} })
	for name, content := range map[string][]byte{"a photograph": photo, "no picture": []byte("x")} {
		if !bytes.Equal(shrink(content), content) {
			t.Errorf("%s was changed", name)
		}
	}
}

package pictures

import (
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/draw"
)

// The quick way gives what the general one does, but for rounding.
func TestResizeOfOpaquePictures(t *testing.T) {
	from := photo(90, 61)
	grey, colour, ycc := image.NewGray(from.Rect), image.NewRGBA(from.Rect), image.NewYCbCr(from.Rect, image.YCbCrSubsampleRatio420)
	for y := range 61 {
		for x := range 90 {
			grey.Set(x, y, from.At(x, y))
			colour.Set(x, y, from.At(x, y))
			r, g, b, _ := from.At(x, y).RGBA()
			ycc.Y[ycc.YOffset(x, y)], ycc.Cb[ycc.COffset(x, y)], ycc.Cr[ycc.COffset(x, y)] = color.RGBToYCbCr(uint8(r>>8), uint8(g>>8), uint8(b>>8))
		}
	}
	part := image.Rect(6, 3, 80, 59)
	for _, img := range []image.Image{from, grey, colour, ycc, from.SubImage(part), grey.SubImage(part), colour.SubImage(part), ycc.SubImage(part)} {
		if !opaque(img) {
			t.Fatalf("%T is not opaque", img)
		}
		for _, size := range []image.Point{{30, 20}, {90, 20}, {200, 150}, {1, 1}} {
			got, err := Resize(img, size.X, size.Y)
			if err != nil {
				t.Fatal(err)
			}
			want := image.NewNRGBA(got.Bounds())
			draw.BiLinear.Scale(want, want.Rect, img, img.Bounds(), draw.Src, nil)
			for y := range size.Y {
				for x := range size.X {
					a, b := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), want.NRGBAAt(x, y)
					for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
						if max(d, -d) > 2 {
							t.Fatalf("%T to %v: (%d, %d) is %v, want %v", img, size, x, y, a, b)
						}
					}
				}
			}
		}
	}
	clear := photo(20, 20)
	clear.SetNRGBA(3, 3, color.NRGBA{})
	if opaque(clear) || opaque(image.NewRGBA(image.Rect(0, 0, 2, 2))) {
		t.Error("a transparent picture passes as opaque")
	}
}

func TestCentre(t *testing.T) {
	for _, c := range []struct{ w, h, side, width, height int }{{500, 375, 256, 224, 224}, {30, 90, 20, 20, 10}, {9, 9, 12, 12, 12}} {
		img, err := Centre(photo(c.w, c.h), c.side, c.width, c.height)
		if err != nil || img.Bounds().Dx() != c.width || img.Bounds().Dy() != c.height {
			t.Errorf("%+v: %v, %v", c, img, err)
		}
	}
	// Of the whole picture the middle remains: at a side twice the picture's, its inner half.
	from := photo(40, 40)
	scaled, err := Resize(from, 80, 80)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Centre(from, 80, 40, 40)
	if err != nil || got.At(0, 0) != scaled.At(20, 20) || got.At(39, 39) != scaled.At(59, 59) {
		t.Errorf("the middle begins with %v, want %v (%v)", got.At(0, 0), scaled.At(20, 20), err)
	}
	for _, side := range []int{-1, 0, 39, MaxPixels + 1} {
		if _, err := Centre(from, side, 40, 40); err == nil {
			t.Errorf("a side of %d passes", side)
		}
	}
	if _, err := Centre(photo(3000, 1), 1<<20, 1, 1); err == nil {
		t.Error("a line passes")
	}
	for _, c := range []struct {
		side    int
		stretch bool
	}{{-1, false}, {5, false}, {1 << 20, false}, {20, true}} {
		if err := CheckSide(c.side, 10, 8, c.stretch); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
}

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

package pictures

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// photo is a picture like those of cameras: smooth, with edges and a little noise.
func photo(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	noise := uint32(1)
	for y := range h {
		for x := range w {
			noise = noise*1664525 + 1013904223
			v := x*150/w + y*60/h + int(noise>>29)
			if (x-w/2)*(x-w/2)+(y-h/2)*(y-h/2) < h*h/9 {
				v = 220 - v
			}
			img.SetNRGBA(x, y, color.NRGBA{uint8(v), uint8(v / 2), uint8(255 - v), 255})
		}
	}
	return img
}

func TestPlanesOfEverySampling(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		whole := image.NewYCbCr(image.Rect(0, 0, 23, 17), ratio)
		for _, p := range [][]uint8{whole.Y, whole.Cb, whole.Cr} {
			for i := range p {
				p[i] = uint8(i*37 + len(p))
			}
		}
		for _, part := range []image.Rectangle{whole.Rect, image.Rect(2, 4, 21, 15), image.Rect(3, 1, 8, 14)} {
			img := whole.SubImage(part).(*image.YCbCr)
			n := part.Dx() * part.Dy()
			dst := make([]uint8, 3*n)
			if err := Planes(img, 3, dst); err != nil {
				t.Fatal(err)
			}
			i := 0
			for y := part.Min.Y; y < part.Max.Y; y++ {
				for x := part.Min.X; x < part.Max.X; x++ {
					c := img.YCbCrAt(x, y)
					r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
					if dst[i] != r || dst[n+i] != g || dst[2*n+i] != b {
						t.Fatalf("%v of %v: (%d, %d) is %d %d %d, want %d %d %d", part, ratio, x, y, dst[i], dst[n+i], dst[2*n+i], r, g, b)
					}
					i++
				}
			}
		}
	}
}

// What a picture of 500x375 costs on its way to a network, step by step.
func BenchmarkPhotograph(b *testing.B) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, photo(500, 375), &jpeg.Options{Quality: 90}); err != nil {
		b.Fatal(err)
	}
	img, err := Decode(file.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]uint8, 3*500*375)
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if _, err := Decode(file.Bytes()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("planes", func(b *testing.B) {
		for b.Loop() {
			if err := Planes(img, 3, dst); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("fit to 224x224", func(b *testing.B) {
		for b.Loop() {
			if _, err := Fit(img, 224, 224); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package pictures

import (
	"image"
	"image/color"

	"github.com/pkg/errors"
)

// Planes writes a picture's pixels plane by plane, row-major: one plane of grey
// values, or red, green and blue, each 0 to 255. Colour becomes grey by
// 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). Transparency is dropped, not
// blended, as Pillow's convert("RGB") does.
//
//	dst: channels * width * height
func Planes(img image.Image, channels int, dst []uint8) error {
	b := img.Bounds()
	n := b.Dx() * b.Dy()
	if channels != 1 && channels != 3 {
		return errors.Errorf("picture: %d channels, want 1 (grey) or 3 (colour)", channels)
	}
	if len(dst) != channels*n {
		return errors.Errorf("picture: room for %d values, want %d for %d planes of %dx%d", len(dst), channels*n, channels, b.Dx(), b.Dy())
	}
	if img, ok := img.(*image.YCbCr); ok && channels == 3 {
		colours(img, dst)
		return nil
	}
	at := pixels(img)
	i := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl := at(x, y)
			if channels == 1 {
				dst[i] = uint8((299*int(r) + 587*int(g) + 114*int(bl) + 500) / 1000)
			} else {
				dst[i], dst[n+i], dst[2*n+i] = r, g, bl
			}
			i++
		}
	}
	return nil
}

// colours is Planes for what JPEG decodes to, row by row: several times as fast as pixel by pixel.
func colours(img *image.YCbCr, dst []uint8) {
	b := img.Bounds()
	w, n := b.Dx(), b.Dx()*b.Dy()
	halved := false // horizontally: two pixels have one colour
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422:
		halved = b.Min.X%2 == 0
	}
	for y := range b.Dy() {
		at := y * w
		red, green, blue := dst[at:at+w], dst[n+at:n+at+w], dst[2*n+at:2*n+at+w]
		if halved {
			luma, first := img.Y[img.YOffset(b.Min.X, b.Min.Y+y):], img.COffset(b.Min.X, b.Min.Y+y)
			luma, cb, cr := luma[:w], img.Cb[first:], img.Cr[first:]
			for x, v := range luma {
				red[x], green[x], blue[x] = color.YCbCrToRGB(v, cb[x>>1], cr[x>>1])
			}
			continue
		}
		for x := range w {
			yi, ci := img.YOffset(b.Min.X+x, b.Min.Y+y), img.COffset(b.Min.X+x, b.Min.Y+y)
			red[x], green[x], blue[x] = color.YCbCrToRGB(img.Y[yi], img.Cb[ci], img.Cr[ci])
		}
	}
}

// pixels is a quick way to a picture's colours where there is one.
func pixels(img image.Image) func(x, y int) (r, g, b uint8) {
	switch img := img.(type) {
	case *image.Gray:
		return func(x, y int) (uint8, uint8, uint8) {
			v := img.Pix[img.PixOffset(x, y)]
			return v, v, v
		}
	case *image.NRGBA:
		return func(x, y int) (uint8, uint8, uint8) {
			p := img.Pix[img.PixOffset(x, y):]
			return p[0], p[1], p[2]
		}
	case *image.RGBA:
		if img.Opaque() {
			return func(x, y int) (uint8, uint8, uint8) {
				p := img.Pix[img.PixOffset(x, y):]
				return p[0], p[1], p[2]
			}
		}
	case *image.YCbCr:
		return func(x, y int) (uint8, uint8, uint8) {
			yi, ci := img.YOffset(x, y), img.COffset(x, y)
			return color.YCbCrToRGB(img.Y[yi], img.Cb[ci], img.Cr[ci])
		}
	}
	return func(x, y int) (uint8, uint8, uint8) {
		c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
		return c.R, c.G, c.B
	}
}

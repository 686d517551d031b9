package pictures

import (
	"image"
	"math"

	"github.com/pkg/errors"
	"golang.org/x/image/draw"

	"github.com/stheno-ml/stheno/internal/resample"
)

// Resize scales a picture to width x height by bilinear interpolation,
// antialiased where it shrinks.
func Resize(img image.Image, width, height int) (image.Image, error) {
	if width < 1 || height < 1 || width > MaxPixels || height > MaxPixels || width*height > MaxPixels {
		return nil, errors.Errorf("picture: cannot resize to %dx%d, want 1 to %d pixels", width, height, MaxPixels)
	}
	b := img.Bounds()
	if b.Empty() {
		return nil, errors.New("picture: no pixels")
	}
	if b.Dx() == width && b.Dy() == height {
		return img, nil
	}
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	if opaque(img) {
		return out, scale(out, img)
	}
	draw.BiLinear.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	return out, nil
}

// opaque tells whether a picture is without transparency, of those kinds that files decode to.
func opaque(img image.Image) bool {
	switch img := img.(type) {
	case *image.YCbCr, *image.Gray:
		return true
	case *image.RGBA:
		return img.Opaque()
	case *image.NRGBA:
		return img.Opaque()
	}
	return false
}

// scale is Resize plane by plane, several times as fast.
func scale(out *image.NRGBA, img image.Image) error {
	from, to := img.Bounds(), out.Bounds()
	channels := 3
	if _, grey := img.(*image.Gray); grey {
		channels = 1
	}
	area, scaled := from.Dx()*from.Dy(), to.Dx()*to.Dy()
	planes := make([]uint8, channels*(area+scaled))
	planes, plane := planes[:channels*area], planes[channels*area:]
	if err := Planes(img, channels, planes); err != nil {
		return err
	}
	var r resample.Resizer
	r.Set(from.Dy(), from.Dx(), to.Dy(), to.Dx())
	for c := range channels {
		r.Plane(plane[c*scaled:(c+1)*scaled], planes[c*area:(c+1)*area], from.Dx())
	}
	for i := range scaled {
		for c := range 3 {
			out.Pix[4*i+c] = plane[c%channels*scaled+i]
		}
		out.Pix[4*i+3] = 255
	}
	return nil
}

// Crop cuts the window of width x height whose upper left corner is at x, y of
// the picture.
func Crop(img image.Image, x, y, width, height int) (image.Image, error) {
	b := img.Bounds()
	if x < 0 || y < 0 || width < 1 || height < 1 || width > b.Dx()-x || height > b.Dy()-y {
		return nil, errors.Errorf("picture: cannot cut %dx%d at (%d, %d) out of %dx%d", width, height, x, y, b.Dx(), b.Dy())
	}
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.Draw(out, out.Bounds(), img, b.Min.Add(image.Pt(x, y)), draw.Src)
	return out, nil
}

// Fit scales a picture so that it just covers width x height, its sides in
// proportion, and cuts the middle out: nothing is distorted, and of the longer side
// the ends are lost.
func Fit(img image.Image, width, height int) (image.Image, error) {
	b := img.Bounds()
	if b.Empty() {
		return nil, errors.New("picture: no pixels")
	}
	if width < 1 || height < 1 {
		return nil, errors.Errorf("picture: cannot fit to %dx%d", width, height)
	}
	w, h := width, height
	if b.Dx()*height > b.Dy()*width {
		w = max(width, (b.Dx()*height+b.Dy()/2)/b.Dy())
	} else {
		h = max(height, (b.Dy()*width+b.Dx()/2)/b.Dx())
	}
	scaled, err := Resize(img, w, h)
	if err != nil {
		return nil, err
	}
	if w == width && h == height {
		return scaled, nil
	}
	return Crop(scaled, (w-width)/2, (h-height)/2, width, height)
}

// Centre scales a picture so that its shorter side is side, the other in proportion, and cuts
// width x height out of the middle: how networks for photographs are tested, 256 for 224x224. The
// side is at least width and height.
func Centre(img image.Image, side, width, height int) (image.Image, error) {
	b := img.Bounds()
	if b.Empty() {
		return nil, errors.New("picture: no pixels")
	}
	if width < 1 || height < 1 || side < max(width, height) || side > MaxPixels {
		return nil, errors.Errorf("picture: cannot cut %dx%d out of a shorter side of %d", width, height, side)
	}
	w, h := side, side
	if long := int64(side) * int64(max(b.Dx(), b.Dy())) / int64(min(b.Dx(), b.Dy())); long > MaxPixels {
		return nil, errors.Errorf("picture: %dx%d is too narrow for a shorter side of %d", b.Dx(), b.Dy(), side)
	} else if b.Dx() > b.Dy() {
		w = int(long)
	} else {
		h = int(long)
	}
	scaled, err := Resize(img, w, h)
	if err != nil || w == width && h == height {
		return scaled, err
	}
	middle := func(n int) int { return int(math.RoundToEven(float64(n) / 2)) } // as torchvision's CenterCrop
	return Crop(scaled, middle(w-width), middle(h-height), width, height)
}

// Bring makes a picture width x height: by Resize where it may be stretched, by Centre where the
// shorter side is given, otherwise by Fit.
func Bring(img image.Image, width, height int, stretch bool, side int) (image.Image, error) {
	switch {
	case stretch:
		return Resize(img, width, height)
	case side > 0:
		return Centre(img, side, width, height)
	}
	return Fit(img, width, height)
}

// CheckSide refuses a shorter side that is given and less than what is cut out, or far more than any
// picture's, and one beside stretch.
func CheckSide(side, width, height int, stretch bool) error {
	if side != 0 && (side < max(width, height) || side > 1<<14) {
		return errors.Errorf("a shorter side of %d, want %d to %d, or 0", side, max(width, height), 1<<14)
	}
	if side != 0 && stretch {
		return errors.New("a shorter side is given, and pictures are stretched: want one of both")
	}
	return nil
}

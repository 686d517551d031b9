package datasets

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func sample(t interface{ Fatal(...any) }, d *Dataset, i int) []float32 {
	out := make([]float32, d.values())
	label, err := d.Read(i, out)
	if err != nil {
		t.Fatal(err)
	}
	if want := d.Labels()[i]; label != want {
		t.Fatal("label", label, "want", want)
	}
	return out
}

// placed reads an image through a placement.
func placed(d *Dataset, i int, p placement) []float32 {
	out := make([]float32, d.values())
	if _, err := d.readPlaced(i, out, p); err != nil {
		panic(err)
	}
	return out
}

func check(t interface {
	Helper()
	Fatal(...any)
}, d *Dataset, err error) *Dataset {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func near(a, b []float32, tol float64) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Abs(float64(x)-float64(y)) <= tol })
}

func TestNormalisation(t *testing.T) {
	d, err := New(Config{Shape: sized(2, 1, 2), Pixels: []uint8{0, 51, 255, 102}, Labels: []int{0}, Classes: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sample(t, d, 0), []float32{0, 0.2, 1, 0.4}; !near(got, want, 1e-7) {
		t.Errorf("plain: got %v, want %v", got, want)
	}
	d, err = d.Normalize(Normalization{Mean: []float32{0.2, 0.5}, Std: []float32{0.5, 0.25}})
	if got, want := sample(t, check(t, d, err), 0), []float32{-0.4, 0, 2, -0.4}; !near(got, want, 1e-6) {
		t.Errorf("normalised: got %v, want %v", got, want)
	}
}

func TestNormalizeRefuses(t *testing.T) {
	d := numbered(t, 1, 1, 2, 2)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range [][2][]float32{{{0}, {0}}, {{0}, {-1}}, {{0}, {nan}}, {{nan}, {1}}, {{inf}, {1}}, {{0}, {inf}}, {{0, 0}, {1, 1}}} {
		if _, err := d.Normalize(Normalization{Mean: c[0], Std: c[1]}); err == nil {
			t.Errorf("accepted mean %v, deviation %v", c[0], c[1])
		}
	}
}

// An augmented image is the plain one, mirrored and moved, with black where nothing is.
func TestPlacement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, h, w := rapid.SampledFrom([]int{1, 3}).Draw(t, "c"), rapid.IntRange(2, 7).Draw(t, "h"), rapid.IntRange(2, 7).Draw(t, "w")
		d := numbered(t, 1, c, h, w)
		if rapid.Bool().Draw(t, "resized") {
			var err error
			d, err = d.Resize(rapid.IntRange(2, 9).Draw(t, "to h"), rapid.IntRange(2, 9).Draw(t, "to w"))
			d = check(t, d, err)
			h, w = d.Shape().Height, d.Shape().Width
		}
		p := placement{flip: rapid.Bool().Draw(t, "flip"), dx: rapid.IntRange(1-w, w-1).Draw(t, "dx"), dy: rapid.IntRange(1-h, h-1).Draw(t, "dy")}
		plain, got := sample(t, d, 0), placed(d, 0, p)
		for i, v := range got {
			ch, y, x := i/(h*w), i/w%h, i%w
			var want float32
			if fy, fx := y-p.dy, x-p.dx; fy >= 0 && fy < h && fx >= 0 && fx < w {
				if p.flip {
					fx = w - 1 - fx
				}
				want = plain[ch*h*w+fy*w+fx]
			}
			if v != want {
				t.Fatalf("%+v: channel %d (%d, %d) is %g, want %g", p, ch, y, x, v, want)
			}
		}
	})
}

// Over many images, every offset of -4..4 in both directions and both orientations occur, about
// equally often.
func TestAugmentDraws(t *testing.T) {
	const n = 81 * 2 * 100
	counts := map[placement]int{}
	for i := range n {
		counts[AugmentCIFAR.placement(5, 1, i)]++
	}
	if len(counts) != 162 {
		t.Errorf("%d different placements, want 162", len(counts))
	}
	for p, k := range counts {
		if p.dx < -4 || p.dx > 4 || p.dy < -4 || p.dy > 4 || k < 50 || k > 150 {
			t.Errorf("%+v occurs %d times, want about 100", p, k)
		}
	}
	if AugmentCIFAR.placement(5, 1, 0) == AugmentCIFAR.placement(5, 2, 0) && AugmentCIFAR.placement(5, 1, 1) == AugmentCIFAR.placement(5, 2, 1) {
		t.Error("two epochs place images equally")
	}
	for i := range 100 {
		if p := (Augment{Flip: true}).placement(1, 1, i); p.dx != 0 || p.dy != 0 {
			t.Fatalf("moved without Pad: %+v", p)
		}
		if p := (Augment{Pad: 1}).placement(1, 1, i); p.flip {
			t.Fatalf("mirrored without Flip: %+v", p)
		}
	}
}

func TestImage(t *testing.T) {
	grey := numbered(t, 2, 1, 3, 4)
	img, err := grey.Image(1)
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, 4, 3) {
		t.Fatalf("bounds %v", img.Bounds())
	}
	if got, want := img.At(2, 1).(color.Gray).Y, grey.pixels[12+6]; got != want {
		t.Errorf("grey pixel %d, want %d", got, want)
	}
	colour := numbered(t, 2, 3, 3, 4)
	if img, err = colour.Image(1); err != nil {
		t.Fatal(err)
	}
	p := colour.pixels[36:]
	if got, want := img.At(2, 1).(color.RGBA), (color.RGBA{p[6], p[12+6], p[24+6], 255}); got != want {
		t.Errorf("colour pixel %v, want %v", got, want)
	}
	images, err := colour.Images()
	if err != nil || len(images) != 2 {
		t.Errorf("%d images, %v", len(images), err)
	}
	for _, i := range []int{-1, 2} {
		if _, err := grey.Image(i); err == nil {
			t.Errorf("image %d exists", i)
		}
		if _, err := grey.Images(0, i); err == nil {
			t.Errorf("image %d exists", i)
		}
		if _, err := grey.Read(i, make([]float32, 12)); err == nil {
			t.Errorf("sample %d exists", i)
		}
	}
	if _, err := grey.Read(0, make([]float32, 11)); err == nil {
		t.Error("a buffer that is too small is accepted")
	}
	if _, err := numbered(t, 1, 2, 3, 3).Image(0); err == nil {
		t.Error("an image of two channels is shown")
	}
}

func TestStatistics(t *testing.T) {
	d, err := New(Config{Shape: sized(2, 1, 1), Pixels: []uint8{0, 255, 51, 51}, Labels: []int{0, 0}, Classes: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	// Channel 0 sees 0 and 0.2, channel 1 sees 1 and 0.2.
	n, err := d.Statistics()
	if err != nil || !near(n.Mean, []float32{0.1, 0.6}, 1e-6) || !near(n.Std, []float32{0.1, 0.4}, 1e-6) {
		t.Errorf("%v, %v", n, err)
	}
	if _, err := d.Take(0).Statistics(); err == nil {
		t.Error("no error without images")
	}
}

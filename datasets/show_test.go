package datasets

import (
	"image/color"
	"testing"
)

func TestPicturesOfABatch(t *testing.T) {
	for _, channels := range []int{1, 3} {
		d := numbered(t, 5, channels, 3, 4)
		norm := Normalization{Mean: []float32{0.3}, Std: []float32{0.2}}
		d, err := d.Normalize(norm)
		if err != nil {
			t.Fatal(err)
		}
		for b := range newLoader(t, d, LoaderConfig{Batch: 2}).Epoch(0) {
			shown, err := b.Pictures(d.Shape(), norm)
			if err != nil || len(shown) != b.N {
				t.Fatalf("%d pictures, %v", len(shown), err)
			}
			for k, img := range shown {
				want, err := d.Image(2*b.Index + k)
				if err != nil {
					t.Fatal(err)
				}
				for y := range 3 {
					for x := range 4 {
						if got, want := img.At(x, y), color.NRGBAModel.Convert(want.At(x, y)); got != want {
							t.Fatalf("image %d: (%d, %d) is %v, want %v", k, x, y, got, want)
						}
					}
				}
			}
		}
	}
	for _, s := range []Shape{{}, sized(2, 2, 2), sized(1, 3, 3)} {
		if _, err := (Batch{N: 1, Images: make([]float32, 8)}).Pictures(s, Normalization{}); err == nil {
			t.Errorf("8 values are shown as %v", s)
		}
	}
}

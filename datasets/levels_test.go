package datasets

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Tables give the values that the calculation gives, bit for bit.
func TestLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := numbered(t, 2, rapid.SampledFrom([]int{1, 2, 3}).Draw(t, "c"), rapid.IntRange(1, 7).Draw(t, "h"), rapid.IntRange(1, 7).Draw(t, "w"))
		number := rapid.Float32Range(0.01, 2)
		if rapid.Bool().Draw(t, "normalised") {
			var n Normalization
			for range d.channels {
				n.Mean, n.Std = append(n.Mean, number.Draw(t, "mean")), append(n.Std, number.Draw(t, "std"))
			}
			var err error
			d, err = d.Normalize(n)
			d = check(t, d, err)
		}
		if d.channels == 1 && rapid.Bool().Draw(t, "repeated") {
			var err error
			d, err = d.Channels(3)
			d = check(t, d, err)
		}
		if d.levels == nil {
			t.Fatal("there are no tables")
		}
		h, w := d.Shape().Height, d.Shape().Width
		p := placement{flip: rapid.Bool().Draw(t, "flip"), dx: rapid.IntRange(1-w, w-1).Draw(t, "dx"), dy: rapid.IntRange(1-h, h-1).Draw(t, "dy")}
		want := make([]float32, d.values())
		d.read(1, want, make([]float32, w), p)
		if got := placed(d, 1, p); !slices.Equal(got, want) {
			t.Fatalf("%+v: %v, calculated %v", p, got, want)
		}
	})
}

package resample

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Each pass is the mean of pixels under a triangle, rounded.
func TestPlaneIsAMeanOfPixels(t *testing.T) {
	weigh := func(in []float64, m int) []float64 {
		n, out := len(in), make([]float64, m)
		if n == m {
			return in
		}
		scale := float64(n) / float64(m)
		for i := range out {
			var sum, weights float64
			for j, v := range in {
				u := max(0, 1-math.Abs(float64(j)+0.5-(float64(i)+0.5)*scale)/max(scale, 1))
				sum, weights = sum+u*v, weights+u
			}
			out[i] = sum / weights
		}
		return out
	}
	var r Resizer // one for all sizes
	rapid.Check(t, func(t *rapid.T) {
		size := func(name string) int { return rapid.IntRange(1, 40).Draw(t, name) }
		h, w, toH, toW, gap := size("h"), size("w"), size("to h"), size("to w"), rapid.IntRange(0, 3).Draw(t, "gap")
		src := rapid.SliceOfN(rapid.Byte(), h*(w+gap), h*(w+gap)).Draw(t, "pixels")
		dst := make([]uint8, toH*toW)
		r.Set(h, w, toH, toW)
		r.Plane(dst, src, w+gap)
		columns := make([][]float64, toW)
		for y := range h {
			row := make([]float64, w)
			for x := range row {
				row[x] = float64(src[y*(w+gap)+x])
			}
			for x, v := range weigh(row, toW) {
				columns[x] = append(columns[x], v)
			}
		}
		for x, c := range columns {
			for y, want := range weigh(c, toH) {
				if got := float64(dst[y*toW+x]); math.Abs(got-want) > 1.01 { // two roundings
					t.Fatalf("(%d, %d) is %g, want %g", x, y, got, want)
				}
			}
		}
	})
	if n := testing.AllocsPerRun(10, func() { r.Set(30, 20, 11, 9); r.Plane(make([]uint8, 99), make([]uint8, 600), 20) }); n > 2 {
		t.Errorf("%v allocations, want the 2 of the test itself", n)
	}
}

package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Prepared weights depend on the weights alone: programs for other images share
// them.
func TestPixelWeightsAreForAnyImage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []Conv{
		{C: 16, O: 32, KH: 3, KW: 3, Fast: true}, {C: 3, O: 64, KH: 7, KW: 7}, {C: 40, O: 72, KH: 1, KW: 1},
		{C: 32, O: 32, KH: 3, KW: 3, Groups: 32}, {C: 32, O: 64, KH: 5, KW: 5, Groups: 4}, {C: 24, O: 48, KH: 5, KW: 5, Fast: true},
	} {
		w := make([]float32, c.O*c.C/max(c.Groups, 1)*c.KH*c.KW)
		for i := range w {
			w[i] = r.Float32()
		}
		small, large := c, c
		small.N, small.H, small.W, small.PH, small.PW = 1, 7, 7, c.KH/2, c.KW/2
		large.N, large.H, large.W = 5, 61, 83
		strided := large
		strided.SH, strided.SW = 2, 2
		for _, p := range pixelConvs {
			if !p.Fits(small) || !p.Fits(large) {
				continue
			}
			a := make([]float32, p.Prepared(small))
			p.Prepare(small, w, a)
			for _, other := range []Conv{large, strided} {
				if !p.Fits(other) {
					continue
				}
				b := make([]float32, p.Prepared(other))
				p.Prepare(other, w, b)
				if !slices.Equal(a, b) {
					t.Errorf("%s: weights of %+v differ from those of %+v", p.Name, other, small)
				}
			}
		}
	}
}

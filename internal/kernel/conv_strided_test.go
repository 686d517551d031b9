package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestStridedConvMatchesDefinition(t *testing.T) { eachISA(t, stridedMatchesDefinition) }

func stridedMatchesDefinition(t *testing.T) {
	for _, c := range []Conv{ // many images in a block, and several blocks of one
		{N: 40, C: 16, H: 16, W: 16, O: 32, KH: 3, KW: 3, SH: 2, SW: 2, PH: 1, PW: 1, DH: 1, DW: 1, Groups: 1},
		{N: 1, C: 9, H: 151, W: 130, O: 17, KH: 5, KW: 4, SH: 2, SW: 2, PH: 1, PW: 2, DH: 1, DW: 1, Groups: 1},
	} {
		for seed := range uint64(8) {
			checkConv[float32](t, c, seed, 5e-6)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := drawConv(t)
		c.N = rapid.IntRange(1, 9).Draw(t, "images")
		c.SH, c.SW = rapid.IntRange(1, 2).Draw(t, "sh"), rapid.IntRange(1, 4).Draw(t, "sw")
		c.KH, c.KW = rapid.IntRange(c.SH, 7).Draw(t, "kh"), rapid.IntRange(c.SW, 7).Draw(t, "kw")
		c.H = max(c.H, c.DH*(c.KH-1)+1-2*c.PH)
		c.W = max(c.W, c.DW*(c.KW-1)+1-2*c.PW)
		c.Groups = 1
		checkConv[float32](t, c, rapid.Uint64Range(0, 1<<20).Draw(t, "seed"), 1e-5)
	})
}

package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDepthwisePlanesMatchDefinition(t *testing.T) { eachISA(t, planesMatchDefinition) }

func planesMatchDefinition(t *testing.T) {
	for _, c := range []Conv{ // planes of several blocks, and many images in one
		{N: 2, C: 3, H: 112, W: 112, KH: 3, KW: 3, PH: 1, PW: 1},
		{N: 2, C: 3, H: 113, W: 101, KH: 3, KW: 3, SH: 2, SW: 2, PH: 1, PW: 1},
		{N: 1, C: 2, H: 90, W: 97, KH: 5, KW: 7, SH: 3, SW: 1, PH: 2, PW: 9, DH: 2, DW: 2},
		{N: 150, C: 3, H: 7, W: 7, KH: 3, KW: 3, PH: 1, PW: 1},
		{N: 40, C: 3, H: 14, W: 14, KH: 5, KW: 5, SH: 2, SW: 2, PH: 2, PW: 2},
		{N: 1, C: 2, H: 3, W: 9000, KH: 3, KW: 3, SW: 2, PH: 1, PW: 1},
		{N: 1, C: 2, H: 9000, W: 3, KH: 3, KW: 3, SH: 2, PH: 1, PW: 1},
	} {
		c = c.normal()
		c.Groups, c.O = c.C, c.C
		checkConv[float32](t, c, 1, 5e-6)
		c.O = 2 * c.C
		checkConv[float32](t, c, 6, 5e-6)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := drawConv(t)
		c.N = rapid.IntRange(1, 9).Draw(t, "images")
		c.C = rapid.IntRange(2, 6).Draw(t, "channels")
		c.KH, c.KW = rapid.IntRange(1, 9).Draw(t, "kh"), rapid.IntRange(1, 9).Draw(t, "kw")
		c.H = max(c.H, c.DH*(c.KH-1)+1-2*c.PH)
		c.W = max(c.W, c.DW*(c.KW-1)+1-2*c.PW)
		c.SH, c.SW = rapid.IntRange(1, 5).Draw(t, "sh"), rapid.IntRange(1, 5).Draw(t, "sw")
		c.Groups = c.C
		c.O = c.C * rapid.IntRange(1, 2).Draw(t, "per")
		checkConv[float32](t, c, rapid.Uint64Range(0, 1<<20).Draw(t, "seed"), 5e-6)
	})
}

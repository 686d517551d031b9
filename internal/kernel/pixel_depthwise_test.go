package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDepthwiseMatchesDefinition(t *testing.T) { eachISA(t, depthwiseMatchesDefinition) }

func depthwiseMatchesDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		channels := rapid.SampledFrom([]int{1, 3, 8, 16, 17, 24, 32, 40, 64, 75, 96, 130}).Draw(t, "C")
		c := Conv{
			N: rapid.IntRange(1, 2).Draw(t, "N"), C: channels, O: channels, Groups: channels,
			H: rapid.IntRange(1, 14).Draw(t, "H"), W: rapid.IntRange(1, 30).Draw(t, "W"),
			KH: rapid.IntRange(1, 7).Draw(t, "KH"), KW: rapid.IntRange(1, 7).Draw(t, "KW"),
			SH: rapid.IntRange(1, 3).Draw(t, "SH"), SW: rapid.IntRange(1, 3).Draw(t, "SW"),
			DH: rapid.IntRange(1, 3).Draw(t, "DH"), DW: rapid.IntRange(1, 3).Draw(t, "DW"),
			PH: rapid.IntRange(0, 9).Draw(t, "PH"), PW: rapid.IntRange(0, 9).Draw(t, "PW"),
		}
		if rapid.Bool().Draw(t, "usual") { // what has code of its own
			k, s := rapid.SampledFrom([]int{3, 5}).Draw(t, "K"), rapid.IntRange(1, 2).Draw(t, "S")
			c.KH, c.KW, c.SH, c.SW, c.DH, c.DW, c.PH, c.PW = k, k, s, s, 1, 1, min(c.PH, 3), min(c.PW, 3)
		}
		if c.OutH() < 1 || c.OutW() < 1 {
			t.Skip("does not fit")
		}
		checkPixelConv(t, &pixelDepthwise, c, rapid.Uint64Range(0, 1<<20).Draw(t, "seed"), 2e-6)
	})
}

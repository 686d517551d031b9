package kernel

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

// winogradPixelCases are geometries of all ways to cut the work: blocks of
// many tiles, chunks of channels where tiles are few, pieces of a block.
var winogradPixelCases = []Conv{
	{N: 3, C: 64, H: 14, W: 14, O: 64, PH: 1, PW: 1},
	{N: 1, C: 32, H: 29, W: 30, O: 72},
	{N: 9, C: 48, H: 7, W: 7, O: 40, PH: 1, PW: 1},
	{N: 2, C: 24, H: 16, W: 33, O: 24, PH: 2, PW: 0},
	{N: 1, C: 256, H: 7, W: 7, O: 250, PH: 1, PW: 1},
	{N: 2, C: 70, H: 14, W: 10, O: 390, PH: 1, PW: 1},
	{N: 8, C: 16, H: 32, W: 32, O: 16, PH: 1, PW: 1},
	{N: 1, C: 5, H: 1, W: 1, O: 3, PH: 3, PW: 4},
	{N: 2, C: 40, H: 13, W: 14, O: 72, KH: 5, PH: 2, PW: 2},
	{N: 3, C: 32, H: 9, W: 12, O: 33, KH: 5, PH: 0, PW: 4},
	{N: 1, C: 200, H: 6, W: 7, O: 208, KH: 5, PH: 2, PW: 2},
}

func TestPixelWinogradErrorAgainstFloat64(t *testing.T) { eachISA(t, pixelWinogradError) }

func pixelWinogradError(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go has no Winograd")
	}
	for i, c := range winogradPixelCases {
		c.KH = max(c.KH, 3)
		c.KW = c.KH
		c = c.normal()
		rng := rand.New(rand.NewPCG(5, uint64(c.H)))
		x, w := randoms(rng, c.N*c.C*c.H*c.W), randoms(rng, c.O*c.C*c.KH*c.KW)
		want, limit := naiveForward(c, x, w, nil, nil), 2e-6
		planar := make([]float32, len(want))
		c.Fast = true
		if winogradForward(currentTiles(), c, as[float32](x), as[float32](w), Epilogue[float32]{}, planar) {
			limit = 1.05 * rmsError(planar, want)
		}
		for k, p := range []*PixelConv{&pixelWinograd43, &pixelWinograd23, &pixelWinograd25} {
			c.Fast = false
			if p.Fits(c) {
				t.Fatalf("%+v: %s fits though it is not Fast", c, p.Name)
			}
			c.Fast = true
			if taps := []int{3, 3, 5}[k]; p.Fits(c) != (c.KH == taps && max(c.PH, c.PW) < taps) {
				t.Fatalf("%+v: whether %s fits is wrong", c, p.Name)
			}
			if !p.Fits(c) {
				continue
			}
			old := runtime.GOMAXPROCS(1 + i%3)
			checkPixelConv(t, p, c, uint64(7*i+k), 1e-5)
			runtime.GOMAXPROCS(old)

			plane := c.OutH() * c.OutW()
			px, _ := toPixels(x, c.N, c.C, c.H*c.W, PixelStride(c.C))
			py, _ := toPixels(filled[float64](c.N*c.O*plane), c.N, c.O, plane, PixelStride(c.O))
			prepared := make([]float32, p.Prepared(c))
			p.Prepare(c, as[float32](w), prepared)
			p.Run(c, px, prepared, PixelEpilogue{}, py)
			if e := rmsError(fromPixels(py, c.N, c.O, plane), want); !(e < limit) {
				t.Errorf("%+v: %s: error %.2g where %.2g is allowed", c, p.Name, e, limit)
			}
		}
	}
}

func TestPixelWinogradAllocatesNothing(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go has no Winograd")
	}
	for _, c := range []Conv{
		{N: 16, C: 16, H: 16, W: 16, O: 16},
		{N: 1, C: 256, H: 14, W: 14, O: 256},
	} {
		c.KH, c.KW, c.PH, c.PW, c.Fast = 3, 3, 1, 1, true
		run := pixelRun(&pixelWinograd43, c)
		run()
		if n := testing.AllocsPerRun(10, run); n > 3 {
			t.Errorf("%+v: %v allocations a run", c, n)
		}
	}
}

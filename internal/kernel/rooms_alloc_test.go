package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestPixelKernelsDoNotAllocate(t *testing.T) {
	withThreads(t, 2)
	rng := rand.New(rand.NewPCG(1, 1))
	const c, size = 40, 40
	x, y, z := pixels(rng, size*size, c), pixels(rng, size*size, c), pixels(rng, size*size, c)
	v, planes := as[float32](randoms(rng, c)), make([]float32, c*size*size)
	p := Pool{N: 1, C: c, H: size, W: size, KH: 3, KW: 3, PH: 1, PW: 1, OH: size, OW: size}
	conv := Conv{N: 1, C: c, H: size, W: size, O: c, Groups: c, KH: 3, KW: 3, PH: 1, PW: 1}
	w := make([]float32, pixelDepthwise.Prepared(conv))
	for name, f := range map[string]func(){
		"act":        func() { PixelAct(Act{Kind: ActSiLU}, size*size, c, x, y) },
		"add":        func() { PixelAdd(Act{}, size*size, c, y, x, z) },
		"affine":     func() { PixelAffine(Act{Kind: ActReLU}, size*size, c, x, v, v, y) },
		"scale":      func() { PixelScale(1, c, size*size, x, v, y) },
		"lrn":        func() { PixelLRN(size*size, c, 5, 1, 0.75, 1, x, y) },
		"max pool":   func() { PixelMaxPool(p, x, y) },
		"avg pool":   func() { PixelAvgPool(p, x, y) },
		"adaptive":   func() { PixelAdaptiveAvgPool(1, c, size, size, 7, 7, x, y) },
		"depthwise":  func() { pixelDepthwise.Run(conv, x, w, PixelEpilogue{Bias: v, Add: z}, y) },
		"to planes":  func() { PlanesFromPixels(1, c, size*size, x, planes) },
		"to pixels":  func() { PixelsFromPlanes(1, c, size*size, planes, y) },
		"copy":       func() { PixelCopy(size*size, c, x, y) },
		"zero":       func() { PixelZero(size*size, c, y) },
		"subsamples": func() { PixelSubsample(1, c, size, size, 2, 2, x, y) },
	} {
		f()
		// A collection may empty a pool in between.
		if n := testing.AllocsPerRun(20, f); n >= 1 {
			t.Errorf("%s allocates %v objects a run", name, n)
		}
	}
}

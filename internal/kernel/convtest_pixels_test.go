package kernel

import (
	"math/rand/v2"
)

// pixelCanary stands where a kernel has no business.
const pixelCanary = 1e30

// toPixels lays images out with channels last. Where no channel is, and in a
// margin of a few floats behind a view's end, stand canaries.
func toPixels(v []float64, n, c, hw, stride int) (p Pixels, whole []float32) {
	whole = make([]float32, n*hw*stride+64)
	for i := range whole {
		whole[i] = pixelCanary
	}
	for i, x := range v {
		img, ch, at := i/(c*hw), i/hw%c, i%hw
		whole[(img*hw+at)*stride+ch] = float32(x)
	}
	return Pixels{whole[:max(0, (n*hw-1)*stride+c)], stride}, whole
}

// fromPixels is the way back.
func fromPixels(p Pixels, n, c, hw int) []float32 {
	v := make([]float32, n*c*hw)
	for i := range v {
		img, ch, at := i/(c*hw), i/hw%c, i%hw
		v[i] = p.Data[(img*hw+at)*p.Stride+ch]
	}
	return v
}

func pixels(rng *rand.Rand, n, c int) Pixels {
	s := PixelStride(c)
	return Pixels{as[float32](randoms(rng, n*s)), s}
}

package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Elementwise operations give the same in place as into other memory, dense
// pixels and wider ones, and leave alone what lies between.
func TestPixelsInPlace(t *testing.T) { eachISA(t, pixelsInPlace) }

func pixelsInPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, c, images := rapid.IntRange(1, 40).Draw(t, "n"), rapid.IntRange(1, 100).Draw(t, "c"), rapid.IntRange(1, 3).Draw(t, "images")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		act := rapid.SampledFrom([]Act{{}, {Kind: ActReLU}, {Kind: ActReLU6}, {Kind: ActSiLU}}).Draw(t, "act")
		x, other := randoms(rng, images*n*c), randoms(rng, images*n*c)
		scale, shift, gates := as[float32](randoms(rng, c)), as[float32](randoms(rng, c)), as[float32](randoms(rng, images*c))
		pixels := images * n
		for name, f := range map[string]func(x, other, y Pixels){
			"act":    func(x, _, y Pixels) { PixelAct(act, pixels, c, x, y) },
			"add":    func(x, other, y Pixels) { PixelAdd(act, pixels, c, y, x, other, other) },
			"add 9":  func(x, o, y Pixels) { PixelAdd(act, pixels, c, y, x, o, o, o, o, o, o, o, o) },
			"second": func(x, other, y Pixels) { PixelAdd(act, pixels, c, y, other, x) },
			"affine": func(x, _, y Pixels) { PixelAffine(act, pixels, c, x, scale, shift, y) },
			"scale":  func(x, _, y Pixels) { PixelScale(images, c, n, x, gates, y) },
			"lrn":    func(x, _, y Pixels) { PixelLRN(pixels, c, 5, 0.1, 0.75, 1, x, y) },
		} {
			var first []float32
			for _, stride := range []int{c, c + rng.IntN(40) + 1} {
				px, whole := toPixels(x, images, c, n, stride)
				po, _ := toPixels(other, images, c, n, c+rng.IntN(40))
				py, _ := toPixels(filled[float64](len(x)), images, c, n, c+rng.IntN(40))
				f(px, po, py)
				f(px, po, px)
				got := fromPixels(px, images, c, n)
				if !slices.Equal(got, fromPixels(py, images, c, n)) {
					t.Fatalf("%s: stride %d: in place is different", name, stride)
				}
				for i, v := range whole {
					if (i >= len(px.Data) || i%stride >= c) && v != pixelCanary {
						t.Fatalf("%s: stride %d: wrote at %d, between pixels", name, stride, i)
					}
				}
				if first == nil {
					first = got
				}
				for i, v := range got { // vectors and their rest may round otherwise
					if d := v - first[i]; d > 1e-5 || d < -1e-5 {
						t.Fatalf("%s: stride %d: element %d is %v, %v with dense pixels", name, stride, i, v, first[i])
					}
				}
			}
		}
	})
}

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// squeezed is the definition.
func squeezed(q Squeeze[float64], x, sum []float64) []float64 {
	y := make([]float64, len(x))
	row := func(x, w, bias []float64, f Act) []float64 {
		out := make([]float64, len(w)/len(x))
		for o := range out {
			for i, v := range x {
				out[o] += v * w[o*len(x)+i]
			}
			if bias != nil {
				out[o] += bias[o]
			}
		}
		actRange(f, out, out)
		return out
	}
	for n := range q.N {
		mean := make([]float64, q.C)
		for c := range mean {
			for _, v := range x[(n*q.C+c)*q.HW:][:q.HW] {
				mean[c] += v / float64(q.HW)
			}
		}
		s := row(row(mean, q.W1, q.B1, q.Act), q.W2, q.B2, q.Gate)
		for i := range q.C * q.HW {
			at := n*q.C*q.HW + i
			y[at] = x[at] * s[i/q.HW]
			if sum != nil {
				y[at] += sum[at]
			}
		}
	}
	actRange(q.Out, y, y)
	return y
}

func TestSqueezeExcite(t *testing.T) { eachISA(t, squeezeExcite) }

func squeezeExcite(t *testing.T) {
	withThreads(t, 2)
	acts := []Act{{}, {Kind: ActReLU}, {Kind: ActSigmoid}, {Kind: ActHardSigmoid}, {Kind: ActSiLU}, {Kind: ActReLU6}}
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		act := func(name string) Act { return rapid.SampledFrom(acts).Draw(t, name) }
		q := Squeeze[float64]{
			N: rapid.IntRange(1, 3).Draw(t, "n"), C: rapid.IntRange(1, 70).Draw(t, "c"), HW: rapid.SampledFrom([]int{1, 9, 49, 1200}).Draw(t, "hw"),
			Hidden: rapid.IntRange(1, 20).Draw(t, "hidden"), Act: act("act"), Gate: act("gate"), Out: act("out"),
		}
		q.W1, q.W2 = randoms(rng, q.C*q.Hidden), randoms(rng, q.C*q.Hidden)
		if rapid.Bool().Draw(t, "biases") {
			q.B1, q.B2 = randoms(rng, q.Hidden), randoms(rng, q.C)
		}
		x := randoms(rng, q.N*q.C*q.HW)
		var sum []float64
		if rapid.Bool().Draw(t, "sum") {
			sum = randoms(rng, len(x))
		}
		want := squeezed(q, x, sum)
		close := func(what string, got func(i int) float64, tol float64) {
			t.Helper()
			for i, w := range want {
				if d := math.Abs(got(i) - w); !(d <= tol*(1+math.Abs(w))) {
					t.Fatalf("%s: element %d of %+v is %v, want %v", what, i, q.Out, got(i), w)
				}
			}
		}
		y := filled[float64](len(x))
		SqueezeExcite(q, x, sum, y)
		close("double", func(i int) float64 { return y[i] }, 1e-11)

		single := Squeeze[float32]{
			N: q.N, C: q.C, HW: q.HW, Hidden: q.Hidden, Act: q.Act, Gate: q.Gate, Out: q.Out,
			W1: as[float32](q.W1), B1: as[float32](q.B1), W2: as[float32](q.W2), B2: as[float32](q.B2),
		}
		x32 := as[float32](x)
		SqueezeExcite(single, x32, as[float32](sum), x32)
		close("in place", func(i int) float64 { return float64(x32[i]) }, 1e-3)

		stride := q.C + rng.IntN(40)
		px, whole := toPixels(x, q.N, q.C, q.HW, stride)
		py, _ := toPixels(filled[float64](len(x)), q.N, q.C, q.HW, q.C+rng.IntN(40))
		var psum Pixels
		if sum != nil {
			psum, _ = toPixels(sum, q.N, q.C, q.HW, q.C+rng.IntN(40))
		}
		for i, what := range []string{"pixels", "pixels in place"} {
			out := []Pixels{py, px}[i]
			PixelSqueezeExcite(single, px, psum, out)
			got := fromPixels(out, q.N, q.C, q.HW)
			close(what, func(i int) float64 { return float64(got[i]) }, 1e-3)
			for i, v := range whole {
				if (i >= len(px.Data) || i%stride >= q.C) && v != pixelCanary {
					t.Fatalf("%s: wrote at %d, between pixels", what, i)
				}
			}
		}
	})
}

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// rmsError is the root mean square error relative to that of the values.
func rmsError(got []float32, want []float64) float64 {
	var e, s float64
	for i, v := range want {
		d := float64(got[i]) - v
		e += d * d
		s += v * v
	}
	return math.Sqrt(e / s)
}

func TestWinogradErrorAgainstFloat64(t *testing.T) { eachISA(t, winogradErrorAgainstFloat64) }

func winogradErrorAgainstFloat64(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go has no Winograd")
	}
	for _, c := range []Conv{
		{N: 3, C: 64, H: 14, W: 14, O: 64, PH: 1, PW: 1},
		{N: 1, C: 32, H: 29, W: 30, O: 72, PH: 0, PW: 0},
		{N: 9, C: 48, H: 7, W: 7, O: 40, PH: 1, PW: 1},
		{N: 2, C: 24, H: 16, W: 33, O: 24, PH: 2, PW: 0},
		{N: 40, C: 30, H: 5, W: 3, O: 50, PH: 1, PW: 1},
		{N: 2, C: 64, H: 13, W: 14, O: 136, KH: 5, PH: 2, PW: 2},
		{N: 1, C: 72, H: 9, W: 12, O: 121, KH: 5, PH: 0, PW: 4},
	} {
		c.KH = max(c.KH, 3)
		c.KW = c.KH
		c.Fast = true
		c = c.normal()
		rng := rand.New(rand.NewPCG(5, uint64(c.H)))
		x, w := randoms(rng, c.N*c.C*c.H*c.W), randoms(rng, c.O*c.C*c.KH*c.KW)
		ny := c.N * c.O * c.OutH() * c.OutW()
		dy, bias, add := randoms(rng, ny), randoms(rng, c.O), randoms(rng, ny)

		ep := Epilogue[float32]{Bias: as[float32](bias), Add: as[float32](add)}
		y := filled[float32](ny)
		if !winogradForward(currentTiles(), c, as[float32](x), as[float32](w), ep, y) {
			t.Errorf("%+v: not done by Winograd", c)
			continue
		}
		if e := rmsError(y, naiveForward(c, x, w, bias, add)); !(e < 1.5e-6) {
			t.Errorf("%+v: forward error %.2g", c, e)
		}
		ep.Add, ep.Act.Kind = nil, ActReLU
		want := naiveForward(c, x, w, bias, nil)
		for i, v := range want {
			want[i] = max(v, 0)
		}
		winogradForward(currentTiles(), c, as[float32](x), as[float32](w), ep, y)
		if e := rmsError(y, want); !(e < 1.5e-6) {
			t.Errorf("%+v: forward error with ReLU %.2g", c, e)
		}

		dx := filled[float32](len(x))
		if !winogradBackwardData(currentTiles(), c, as[float32](dy), as[float32](w), dx) {
			t.Errorf("%+v: data not done by Winograd", c)
			continue
		}
		wantX, wantW := naiveBackward(c, x, w, dy)
		if e := rmsError(dx, wantX); !(e < 1.5e-6) {
			t.Errorf("%+v: data error %.2g", c, e)
		}
		dw := filled[float32](len(w))
		if !winogradBackwardWeights(currentTiles(), c, as[float32](x), as[float32](dy), dw) {
			t.Errorf("%+v: weights not done by Winograd", c)
			continue
		}
		e := rmsError(dw, wantW)
		t.Logf("%+v: weights error %.2g", c, e)
		if !(e < 1.5e-6) {
			t.Errorf("%+v: weights error %.2g", c, e)
		}
	}
}

// In training's forward pass decisions follow on small differences: Winograd's
// algorithm must round about as the definition does there, however many the
// channels.
func TestWinogradExactForward(t *testing.T) { eachISA(t, winogradExactForward) }

func winogradExactForward(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go has no Winograd")
	}
	for i, c := range []Conv{
		{N: 3, C: 64, H: 14, W: 14, O: 64, PH: 1, PW: 1},
		{N: 1, C: 32, H: 29, W: 30, O: 72, PH: 0, PW: 0},
		{N: 9, C: 150, H: 7, W: 7, O: 40, PH: 1, PW: 1},
		{N: 2, C: 24, H: 16, W: 33, O: 24, PH: 2, PW: 0},
		{N: 4, C: 512, H: 7, W: 7, O: 70, PH: 1, PW: 1},
	} {
		c.KH, c.KW = 3, 3
		c = c.normal()
		rng := rand.New(rand.NewPCG(7, uint64(c.C)))
		x, w := singles(randoms(rng, c.N*c.C*c.H*c.W)), singles(randoms(rng, c.O*c.C*9))
		if i%2 == 0 { // as behind a ReLU
			for k, v := range x {
				x[k] = max(v, 0)
			}
		}
		ny := c.N * c.O * c.OutH() * c.OutW()
		bias, add := singles(randoms(rng, c.O)), singles(randoms(rng, ny))
		ep := Epilogue[float32]{Bias: as[float32](bias), Add: as[float32](add)}
		want := naiveForward(c, x, w, bias, add)
		y := filled[float32](ny)
		convForward32(currentTiles(), c, as[float32](x), as[float32](w), ep, y)
		definition := rmsError(y, want)
		fill(y, -7)
		if !winogradForward(currentTiles(), c, as[float32](x), as[float32](w), ep, y) {
			t.Errorf("%+v: not done by Winograd", c)
			continue
		}
		e := rmsError(y, want)
		t.Logf("%+v: error %.2g, the definition's %.2g", c, e, definition)
		if !(e < 2*definition) {
			t.Errorf("%+v: error %.2g, the definition's %.2g", c, e, definition)
		}
	}
}

// singles rounds values to single precision.
func singles(x []float64) []float64 {
	for i, v := range x {
		x[i] = float64(float32(v))
	}
	return x
}

// With the interpolation points 0, ±1 and ±2 this gradient's largest error was
// 2.05e-5 of its scale on AVX2.
func TestWinogradWeightsLargestError(t *testing.T) { eachISA(t, winogradWeightsLargestError) }

func winogradWeightsLargestError(t *testing.T) {
	c := Conv{N: 3, C: 15, H: 7, W: 41, O: 29, KH: 5, KW: 5, PH: 3, PW: 4}.normal()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(91+seed, 1))
		x, dy := randoms(rng, c.N*c.C*c.H*c.W), randoms(rng, c.N*c.O*c.OutH()*c.OutW())
		dw := filled[float32](c.O * c.C * c.KH * c.KW)
		if s := currentTiles(); s == nil || !winogradBackwardWeights(s, c, as[float32](x), as[float32](dy), dw) {
			t.Skip("not done by Winograd")
		}
		_, want := naiveBackward(c, x, make([]float64, len(dw)), dy)
		requireClose(t, "dw", dw, want, c.N*c.OutH()*c.OutW(), 1e-5)
	}
}

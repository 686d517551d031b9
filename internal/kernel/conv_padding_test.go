package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Wide paddings, small images and many threads: every algorithm that says that it
// fits computes what plain Go does.
func TestPixelConvsInWidePaddings(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go alone")
	}
	r := rand.New(rand.NewPCG(7, 8))
	fill := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = r.Float32() - 0.5
		}
		return x
	}
	for range 300 {
		k := 3 + 2*r.IntN(2)
		c := Conv{N: 1 + r.IntN(3), C: 1 + r.IntN(130), O: 1 + r.IntN(130), H: 1 + r.IntN(7), W: 1 + r.IntN(7), KH: k, KW: k, PH: r.IntN(6), PW: r.IntN(6), Fast: true}
		if c.OutH() < 1 || c.OutW() < 1 {
			continue
		}
		w, x := fill(c.O*c.C*k*k), fill(c.N*c.H*c.W*PixelStride(c.C))
		size := c.N * c.OutH() * c.OutW() * PixelStride(c.O)
		run := func(p *PixelConv) []float32 {
			u, y := make([]float32, p.Prepared(c)), make([]float32, size)
			p.Prepare(c, w, u)
			p.Run(c, Pixels{x, PixelStride(c.C)}, u, PixelEpilogue{}, Pixels{y, PixelStride(c.O)})
			return y
		}
		want := run(&pixelPlain)
		scale := 0.0
		for _, v := range want {
			scale = max(scale, math.Abs(float64(v)))
		}
		for _, p := range PixelConvs(c) {
			for i, v := range run(p) {
				if d := math.Abs(float64(v - want[i])); !(d <= 3e-5*scale) {
					t.Fatalf("%s, %+v: result %d is %v, want %v", p.Name, c, i, v, want[i])
				}
			}
		}
	}
}

package kernel

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

// cutOf is how a convolution's work is cut over so many threads.
func cutOf(c Conv, threads int) *directJob {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	j := &directJob{isa: currentTiles(), c: c.normal()}
	j.x.Stride = PixelStride(c.C)
	j.cut()
	j.plan()
	return j
}

// Every strip of every pixel belongs to exactly one part.
func TestDirectCutCovers(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		c := Conv{N: 1 + rng.IntN(3), C: 4 * (1 + rng.IntN(40)), H: 1 + rng.IntN(40), W: 1 + rng.IntN(40), O: 1 + rng.IntN(700), KH: 1 + 2*rng.IntN(2), SH: 1 + rng.IntN(2)}
		c.KW, c.SW, c.PH, c.PW = c.KH, c.SH, c.KH/2, c.KH/2
		threads := 1 + rng.IntN(8)
		j := cutOf(c, threads)
		seen := make([]int, j.strips*j.rows)
		for _, p := range j.cuts.parts {
			if p.row0 >= p.row1 || p.strip0 >= p.strip1 {
				t.Fatalf("%+v, %d threads: empty part %+v", c, threads, p)
			}
			if j.how == directStaged && (p.row0%j.outW != 0 || p.row1%j.outW != 0) {
				t.Fatalf("%+v, %d threads: part %+v ends within a line of %d", c, threads, p, j.outW)
			}
			for i := p.strip0; i < p.strip1; i++ {
				for r := p.row0; r < p.row1; r++ {
					seen[i*j.rows+r]++
				}
			}
		}
		for i, n := range seen {
			if n != 1 {
				t.Fatalf("%+v, %d threads: strip %d of pixel %d belongs to %d parts of %+v", c, threads, i/j.rows, i%j.rows, n, j.cuts.parts)
			}
		}
	}
}

// Two threads have about the same to do in every layer that is cut: the time of
// the one that finishes last against half of what one thread alone takes.
func TestDirectCutIsEven(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go")
	}
	for name, layers := range pixelNetworks {
		var ideal, last float64
		for _, l := range layers {
			one, two := cutOf(l.Conv, 1).cuts, cutOf(l.Conv, 2).cuts
			share := one.last / 2 / two.last
			t.Logf("%4dx%-3d -> %4d, %dx%d/%d: %6.1f us, %.3f of even, %d parts %v", l.C, l.H, l.O, l.KH, l.KW, l.SH, two.last/1e3, share, len(two.parts), two.parts)
			ideal, last = ideal+float64(l.times)*one.last/2, last+float64(l.times)*two.last
			if two.threads == 2 && one.last > 30e3 && share < 0.92 {
				t.Errorf("%s: %+v takes two threads %.1f us, %.3f of an even cut: %+v", name, l.Conv, two.last/1e3, share, two.parts)
			}
		}
		t.Logf("%s: %.3f of even", name, ideal/last)
	}
}

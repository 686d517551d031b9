package kernel

import "testing"

// Two threads have about the same to do with the results of a block that they
// share, where these are not so few that the weights decide, and every strip of every tile belongs to one part.
func TestWinogradCutIsEven(t *testing.T) {
	if isa == nil {
		t.Skip("plain Go")
	}
	for name, layers := range pixelNetworks {
		for _, l := range layers {
			c := l.Conv.normal()
			c.Fast = true
			for i, p := range []*PixelConv{&pixelWinograd43, &pixelWinograd23, &pixelWinograd25} {
				if !p.Fits(c) {
					continue
				}
				j := newWinogradPixelJob(&winogradOf(currentTiles()).pixels[i], c)
				for _, n := range []int{j.tiles, min(j.tiles, 49), min(j.tiles, 16)} {
					one, two := j.findCut(n, 1), j.findCut(n, 2)
					share := one.last / 2 / two.last
					t.Logf("%s %s %4dx%-3d -> %4d, %d tiles: %6.1f us, %.3f of even, %v", name, p.Name, l.C, l.H, l.O, n, two.last/1e3, share, two.parts)
					if two.threads == 2 && n == j.tiles && n >= 24 && one.last > 30e3 && share < 0.9 {
						t.Errorf("%s: %s of %d to %d channels takes two threads %.1f us, %.3f of an even cut: %v", name, p.Name, l.C, l.O, two.last/1e3, share, two.parts)
					}
					seen := map[[2]int]int{}
					for _, q := range two.parts {
						for s := q.strip0; s < q.strip1; s++ {
							for r := q.row0; r < q.row1; r++ {
								seen[[2]int{s, r}]++
							}
						}
					}
					if len(seen) != j.strips*n {
						t.Errorf("%s: %d strips of %d tiles, parts have %d pairs: %v", p.Name, j.strips, n, len(seen), two.parts)
					}
					for at, times := range seen {
						if times != 1 {
							t.Errorf("%s: strip %d of tile %d belongs to %d parts", p.Name, at[0], at[1], times)
						}
					}
				}
				giveBack(j)
			}
		}
	}
}

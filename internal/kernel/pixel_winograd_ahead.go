package kernel

// winogradAheadOf is the memory of the tiles that a thread probably takes next.
// It is asked for a little with each of the products: all at once would be more
// than the cache can wait for.
type winogradAheadOf struct {
	x, y       *float32
	from, to   int // bytes
	lines, toY int // lines with each product
}

// lookAhead sets out what to ask for while others are multiplied: the share of
// all pixels that tiles [t0, t1) are of all tiles, as far on as their windows
// reach.
func (j *winogradPixelJob) lookAhead(w *winogradPixelWork, t0, t1 int) {
	c, a := j.c, &w.ahead
	image := j.tileRows * j.tileCols
	share := func(t, pixels, lead, stride, end int) int {
		return min((t*pixels/image+lead)*stride, end) * 4
	}
	lead := (j.size.tile() - min(c.PH, j.size.taps)) * c.W
	a.x = &j.x.Data[0]
	a.from = share(t0, c.H*c.W, lead, j.x.Stride, len(j.x.Data)-1)
	a.lines = (share(t1, c.H*c.W, lead, j.x.Stride, len(j.x.Data)-1) - a.from + 64*j.matrices - 1) / (64 * j.matrices)
	a.y = &j.y.Data[0]
	if j.chunks == 1 && j.y.Stride < c.O+16 {
		lead = j.size.results * j.outW
		a.to = share(t0, j.outH*j.outW, lead, j.y.Stride, len(j.y.Data)-1)
		a.toY = (share(t1, j.outH*j.outW, lead, j.y.Stride, len(j.y.Data)-1) - a.to + 64*j.matrices - 1) / (64 * j.matrices)
	}
}

// fetch asks for one product's share.
func (a *winogradAheadOf) fetch(s *winogradSet) {
	if a.lines == 0 && a.toY == 0 || s.ahead == nil {
		return
	}
	s.ahead(a.x, a.from, a.lines, a.y, a.to, a.toY)
	a.from += 64 * a.lines
	a.to += 64 * a.toY
}

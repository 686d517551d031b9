package kernel

import (
	"sync"
	"sync/atomic"
)

// pixelPart is what one call of a task computes of a group: strips
// [strip0, strip1) for output pixels (or tiles) [row0, row1).
type pixelPart struct{ strip0, strip1, row0, row1 int }

// pixelCut is how a group's work is cut into parts, which threads take in
// order.
type pixelCut struct {
	parts   []pixelPart
	threads int
	// Predicted nanoseconds: of all parts, and of the thread that is last.
	sum, last float64
}

// pixelCutKey is what a cut depends on.
type pixelCutKey struct {
	isa                *tileSet
	c                  Conv
	how, rows, threads int
}

// pixelCuts remembers cuts, since to find one takes longer than a small layer.
var pixelCuts struct {
	sync.Mutex
	known atomic.Pointer[map[pixelCutKey]*pixelCut]
}

// pixelCutsKept is the number of cuts that are remembered.
const pixelCutsKept = 1 << 10

// knownCut returns a cut that was remembered, or nil.
func knownCut(key pixelCutKey) *pixelCut {
	if known := pixelCuts.known.Load(); known != nil {
		return (*known)[key]
	}
	return nil
}

// remember keeps a cut. Readers see the map as it was or as it is.
func (d *pixelCut) remember(key pixelCutKey) *pixelCut {
	pixelCuts.Lock()
	defer pixelCuts.Unlock()
	next := map[pixelCutKey]*pixelCut{key: d}
	if known := pixelCuts.known.Load(); known != nil && len(*known) < pixelCutsKept {
		for k, v := range *known {
			next[k] = v
		}
	}
	pixelCuts.known.Store(&next)
	return d
}

// What a cut is judged by.
const (
	cutStart  = 300.      // nanoseconds that a part takes to begin
	cutUneven = 1. / 16   // of the longest part: threads are never equally fast
	cutEnough = 1 + 1./32 // times the least possible is good enough
	cutWay    = 15.       // bytes of weights that come to a thread in a nanosecond
)

// cutPlan is the search for a cut.
type cutPlan struct {
	isa          *tileSet
	vecs, strips int // of a group's output channels
	rows, unit   int // a part has whole units of rows
	fewest       int // rows of a part, where there is one for each thread
	groups       int
	threads      int
	// time predicts the nanoseconds of a part for a thread that has just done
	// another.
	time func(part, before pixelPart) float64

	best          pixelCut
	score, enough float64
	parts         []pixelPart
	times         []float64
	done          []pixelPart // each thread's part before
}

// strip returns the first vector of a strip and its width. All but the last are
// alike.
func (s *tileSet) strip(i, strips, vecs int) (first, width int) {
	wide := s.stripVecs(vecs)
	if i == strips-1 {
		return i * wide, vecs - i*wide
	}
	return i * wide, wide
}

// search tries ways to cut the work into about each parts for a thread: the
// rows into at least so many blocks, each with chunks of the strips; and, so that
// each thread has the weights of its own strips to read and no other's, as many
// strips for every thread, and of the strips that are left blocks of rows. Where
// a second thread would not pay, the cut is for one.
func (p *cutPlan) search(blocks, each int) *pixelCut {
	one := *p
	one.threads = 1
	one.try(one.grid(blocks, 1))
	if p.threads == 1 {
		return &one.best
	}
	p.enough = cutEnough * one.best.sum / float64(p.threads)
	most := max(blocks, (p.threads*each+p.groups-1)/p.groups)
	for b := blocks; b <= 2*most; b++ {
		for n := 1; n <= p.strips && (b*n <= most || n == 1); n++ {
			p.try(p.grid(b, n))
		}
		if p.rows/(b+1) < p.fewest && b >= p.threads {
			break
		}
	}
	for n := 1; n <= each; n++ {
		p.try(p.shares(blocks, n))
	}
	if p.best.last+costFork >= one.best.last {
		return &one.best
	}
	return &p.best
}

// block is block i of n of the rows.
func (p *cutPlan) block(i, n int) (row0, row1 int) {
	units := p.rows / p.unit
	return units * i / n * p.unit, units * (i + 1) / n * p.unit
}

// grid is all chunks of all blocks.
func (p *cutPlan) grid(blocks, chunks int) []pixelPart {
	p.parts = p.parts[:0]
	for from, i := 0, 0; i < chunks; i++ {
		// As near to a share of the vectors as whole strips come.
		to := from + 1
		for to < p.strips-(chunks-1-i) {
			at, width := p.isa.strip(to, p.strips, p.vecs)
			if i < chunks-1 && 2*chunks*at+chunks*width > 2*p.vecs*(i+1) {
				break
			}
			to++
		}
		p.add(from, to, blocks, 0, blocks)
		from = to
	}
	return p.parts
}

// shares gives every thread n chunks of as many strips, of each of the blocks,
// and cuts what is left by rows.
func (p *cutPlan) shares(blocks, n int) []pixelPart {
	p.parts = p.parts[:0]
	whole := p.strips
	_, first := p.isa.strip(0, p.strips, p.vecs)
	if _, last := p.isa.strip(p.strips-1, p.strips, p.vecs); last != first {
		whole--
	}
	share := whole / (n * p.threads)
	if share == 0 {
		return nil
	}
	for b := range blocks {
		for i := range n * p.threads {
			p.add(i*share, (i+1)*share, blocks, b, b+1)
		}
	}
	if left := n * p.threads * share; left < p.strips {
		each := (blocks + p.threads - 1) / p.threads * p.threads
		p.add(left, p.strips, each, 0, each)
	}
	return p.parts
}

// add appends strips [from, to) of blocks [b0, b1) of so many.
func (p *cutPlan) add(from, to, blocks, b0, b1 int) {
	for b := b0; b < b1; b++ {
		if row0, row1 := p.block(b, blocks); row0 < row1 {
			p.parts = append(p.parts, pixelPart{from, to, row0, row1})
		}
	}
}

// try keeps the parts if they are done earlier than those before.
func (p *cutPlan) try(parts []pixelPart) {
	if len(parts) == 0 || p.best.parts != nil && p.score <= p.enough {
		return
	}
	sum, last, longest := p.makespan(parts)
	if score := last + cutUneven*longest; p.best.parts == nil || score < p.score {
		p.best = pixelCut{append(p.best.parts[:0], parts...), p.threads, sum, last}
		p.score = score
	}
}

// makespan lets threads that are equally fast take the parts of all groups in
// order.
func (p *cutPlan) makespan(parts []pixelPart) (sum, last, longest float64) {
	p.times = append(p.times[:0], make([]float64, p.threads)...)
	p.done = append(p.done[:0], make([]pixelPart, p.threads)...)
	for range p.groups {
		for _, part := range parts {
			first := 0
			for i, t := range p.times {
				if t < p.times[first] {
					first = i
				}
			}
			t := cutStart + p.time(part, p.done[first])
			p.done[first] = part
			p.times[first] += t
			sum, longest = sum+t, max(longest, t)
			last = max(last, p.times[first])
		}
	}
	return sum, last, longest
}

// width is the number of vectors of a part's strips.
func (p *cutPlan) width(part pixelPart) int {
	first, _ := p.isa.strip(part.strip0, p.strips, p.vecs)
	last, width := p.isa.strip(part.strip1-1, p.strips, p.vecs)
	return last + width - first
}

// tileCycles adds up the cycles of a part's tiles, of so many runs of k.
func (p *cutPlan) tileCycles(part pixelPart, runs, runLen int) float64 {
	n := part.row1 - part.row0
	_, wide := p.isa.strip(part.strip0, p.strips, p.vecs)
	_, last := p.isa.strip(part.strip1-1, p.strips, p.vecs)
	return float64(part.strip1-1-part.strip0)*p.isa.stripCycles(n, wide, runs, runLen) + p.isa.stripCycles(n, last, runs, runLen)
}

// stripCycles is the time of n rows of a strip, in tiles of nearly the same
// height.
func (s *tileSet) stripCycles(n, vecs, runs, runLen int) float64 {
	k := float64(runs * runLen)
	most := s.pixelRows[vecs]
	count := (n + most - 1) / most
	low := n / count
	high := float64(n - low*count)
	steps := high*stepCycles(low+1, vecs) + (float64(count)-high)*stepCycles(low, vecs)
	tiles := float64(count) * max(1, k*float64(vecs*s.lanes)/float64(directStrip))
	return steps*k + tiles*(costTile+float64(runs)*costRun)
}

// same reports whether a part has the weights, and whether it has the pixels, of
// another.
func (p pixelPart) same(q pixelPart) (weights, pixels bool) {
	return p.strip0 == q.strip0 && p.strip1 == q.strip1, p.row0 == q.row0 && p.row1 == q.row1
}

package kernel

import (
	"sync"
	"sync/atomic"
)

// directPart is what one call of directJob.task computes of a group: strips
// [strip0, strip1) for output pixels [row0, row1).
type directPart struct{ strip0, strip1, row0, row1 int }

// directCut is how a group's work is cut into parts, which threads take in
// order.
type directCut struct {
	parts   []directPart
	threads int
	// Predicted nanoseconds: of all parts, and of the thread that is last.
	sum, last float64
}

// directCutKey is what a cut depends on.
type directCutKey struct {
	isa     *tileSet
	c       Conv
	how     int
	threads int
}

// directCuts remembers cuts, since to find one takes longer than a small layer.
var directCuts struct {
	sync.Mutex
	known atomic.Pointer[map[directCutKey]*directCut]
}

// directCutsKept is the number of cuts that are remembered.
const directCutsKept = 1 << 10

// findCut returns the cut of the job's work over its threads.
func (j *directJob) findCut() *directCut {
	key := directCutKey{j.isa, j.c, j.how, j.threads}
	if known := directCuts.known.Load(); known != nil {
		if cut := (*known)[key]; cut != nil {
			return cut
		}
	}
	cut := j.bestCut()
	directCuts.Lock()
	defer directCuts.Unlock()
	next := map[directCutKey]*directCut{key: cut}
	if known := directCuts.known.Load(); known != nil && len(*known) < directCutsKept {
		for k, v := range *known {
			next[k] = v
		}
	}
	directCuts.known.Store(&next)
	return cut
}

// What a cut is judged by.
const (
	directStart  = 300.      // nanoseconds that a part takes to begin
	directUneven = 1. / 16   // of the longest part: threads are never equally fast
	directEnough = 1 + 1./32 // times the least possible is good enough
	directWay    = 15.       // bytes of weights that come to a thread in a nanosecond
)

// bestCut tries ways to cut the work: the pixels into blocks, each with chunks
// of the strips; and, so that each thread has the weights of its own strips to
// read and no other's, as many strips for every thread, and of the strips that
// are left blocks of pixels. Where a second thread would not pay, the cut is
// for one.
func (j *directJob) bestCut() *directCut {
	blocks := j.leastBlocks()
	one := cutPlan{directJob: j, threads: 1}
	one.try(one.grid(blocks, 1))
	if j.threads == 1 {
		return &one.best
	}
	p := cutPlan{directJob: j, threads: j.threads}
	p.enough = directEnough * one.best.sum / float64(j.threads)
	flops := 2 * float64(j.rows) * float64(j.c.O) * float64(j.runs*j.runLen)
	each := min(4, 1+int(flops/directPartFlops/float64(j.threads))) // parts for a thread
	most := max(blocks, (j.threads*each+j.c.Groups-1)/j.c.Groups)
	for b := blocks; b <= 2*most; b++ {
		for n := 1; n <= j.strips && (b*n <= most || n == 1); n++ {
			p.try(p.grid(b, n))
		}
		if j.rows/(b+1) < directRows/2 && b >= j.threads {
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

// leastBlocks is the number of blocks of pixels whose input stays in the second
// cache while the strips go by.
func (j *directJob) leastBlocks() int {
	c := j.c
	limit := max(directRows, directBlock/(j.touched()+c.O))
	if j.how == directTapwise {
		limit = min(limit, max(directRows, directTable/(c.KH*c.KW)))
	}
	if j.rows < limit+limit/2 {
		return 1
	}
	if j.how == directStaged {
		limit = max(1, limit/j.outW) * j.outW
	}
	return (j.rows + limit - 1) / limit
}

// touched is the floats of the input for an output pixel.
func (j *directJob) touched() int {
	return j.c.C * min(j.c.SH, j.c.KH) * min(j.c.SW, j.c.KW)
}

// cutPlan is the search for a cut.
type cutPlan struct {
	*directJob
	threads       int
	best          directCut
	score, enough float64
	parts         []directPart
	times         []float64
	done          []directPart // each thread's part before
}

// block is block i of n of the pixels, of whole lines where these are copied.
func (p *cutPlan) block(i, n int) (row0, row1 int) {
	unit := 1
	if p.how == directStaged {
		unit = p.outW
	}
	units := p.rows / unit
	return units * i / n * unit, units * (i + 1) / n * unit
}

// grid is all chunks of all blocks.
func (p *cutPlan) grid(blocks, chunks int) []directPart {
	p.parts = p.parts[:0]
	vecs := (p.outC + p.isa.lanes - 1) / p.isa.lanes
	for from, i := 0, 0; i < chunks; i++ {
		// As near to a share of the vectors as whole strips come.
		to := from + 1
		for to < p.strips-(chunks-1-i) {
			at, width := p.strip(to)
			if 2*chunks*at+chunks*width > 2*vecs*(i+1) {
				break
			}
			to++
		}
		if i == chunks-1 {
			to = p.strips
		}
		p.add(from, to, blocks, 0, blocks)
		from = to
	}
	return p.parts
}

// shares gives every thread n chunks of as many strips, of each of the blocks,
// and cuts what is left by pixels.
func (p *cutPlan) shares(blocks, n int) []directPart {
	p.parts = p.parts[:0]
	whole := p.strips
	if _, last := p.strip(p.strips - 1); p.strips > 1 {
		if _, first := p.strip(0); last != first {
			whole--
		}
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
		each := max(1, (blocks+p.threads-1)/p.threads) * p.threads
		p.add(left, p.strips, each, 0, each)
	}
	return p.parts
}

// add appends strips [from, to) of blocks [b0, b1) of so many.
func (p *cutPlan) add(from, to, blocks, b0, b1 int) {
	for b := b0; b < b1; b++ {
		if row0, row1 := p.block(b, blocks); row0 < row1 {
			p.parts = append(p.parts, directPart{from, to, row0, row1})
		}
	}
}

// try keeps the parts if they are done earlier than those before.
func (p *cutPlan) try(parts []directPart) {
	if len(parts) == 0 || p.best.parts != nil && p.score <= p.enough {
		return
	}
	sum, last, longest := p.makespan(parts)
	if score := last + directUneven*longest; p.best.parts == nil || score < p.score {
		p.best = directCut{append(p.best.parts[:0], parts...), p.threads, sum, last}
		p.score = score
	}
}

// makespan lets threads that are equally fast take the parts of all groups in
// order.
func (p *cutPlan) makespan(parts []directPart) (sum, last, longest float64) {
	p.times = append(p.times[:0], make([]float64, p.threads)...)
	p.done = append(p.done[:0], make([]directPart, p.threads)...)
	for range p.c.Groups {
		for _, part := range parts {
			first := 0
			for i, t := range p.times {
				if t < p.times[first] {
					first = i
				}
			}
			t := p.partTime(part, p.done[first])
			p.done[first] = part
			p.times[first] += t
			sum, longest = sum+t, max(longest, t)
			last = max(last, p.times[first])
		}
	}
	return sum, last, longest
}

// partTime predicts the nanoseconds of a part, for a thread that has just done
// another: the multiply-adds or the weights' way, and the input's.
func (p *cutPlan) partTime(part, before directPart) float64 {
	c, n := p.c, part.row1-part.row0
	taps := float64(c.KH * c.KW)
	work := p.tileCycles(part)
	switch p.how {
	case directTapwise:
		work += 4 * taps * float64(n)
	case directStaged:
		work += 2*float64(n) + float64(n*p.touched())/4
	case directPlaced:
		work += 2 * float64(n)
	}
	ns := work / costClock
	first, _ := p.strip(part.strip0)
	end, width := p.strip(part.strip1 - 1)
	weights := (end + width - first) * p.isa.lanes * p.runs * p.runLen
	same := before.strip0 == part.strip0 && before.strip1 == part.strip1
	if c.Groups*p.groupFloats > directStream && !(same && weights < directBlock) {
		ns = max(ns, 4*float64(weights)/directWay)
	}
	if before.row0 != part.row0 || before.row1 != part.row1 {
		ns += 4 * float64(n*p.touched()/c.Groups) / costStream
	}
	return directStart + ns
}

// tileCycles adds up the cycles of a part's tiles. All strips but a group's
// last are alike.
func (p *cutPlan) tileCycles(part directPart) float64 {
	k, n := float64(p.runs*p.runLen), part.row1-part.row0
	_, wide := p.strip(part.strip0)
	_, last := p.strip(part.strip1 - 1)
	return float64(part.strip1-1-part.strip0)*p.stripCycles(n, wide, k) + p.stripCycles(n, last, k)
}

// stripCycles is the time of n pixels of a strip, in tiles of nearly the same
// height.
func (j *directJob) stripCycles(n, vecs int, k float64) float64 {
	most := j.isa.pixelRows[vecs]
	count := (n + most - 1) / most
	low := n / count
	high := float64(n - low*count)
	steps := high*stepCycles(low+1, vecs) + (float64(count)-high)*stepCycles(low, vecs)
	tiles := float64(count) * max(1, k*float64(vecs*j.isa.lanes)/float64(directStrip))
	return steps*k + tiles*(costTile+float64(j.runs)*costRun)
}

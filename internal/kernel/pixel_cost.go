package kernel

// What costs are made of. They are those of no machine in particular, so that
// the order of algorithms, and with it the bits of a result, depends on the
// kind of machine (vectors and caches) but not on how busy it is.
const (
	costClock  = 3.0 // cycles a nanosecond
	costUnits  = 2.0 // multiply-adds of vectors a cycle, and as many loads
	costWait   = 4.0 // cycles from a multiply-add to the next on the same sum
	costTile   = 80. // cycles that a tile begins and ends in
	costRun    = 8.  // and each of its runs
	costMemory = 10. // bytes a nanosecond from beyond the second cache, a thread
	costStream = 40. // where they are consecutive and far ahead
	costFork   = 2000.
)

// pixelDirectCost adds up the cycles of all tiles, or the time their weights
// take to come from memory if that is longer, and what finding, copying and
// writing pixels takes.
func pixelDirectCost(c Conv) float64 {
	j := directJob{isa: currentTiles(), c: c.normal()}
	c = j.c
	if c.N*c.OutH()*c.OutW() == 0 {
		return 0
	}
	j.x.Stride = PixelStride(c.C)
	j.cut()
	j.plan()
	k, tiles, steps := float64(j.runs*j.runLen), 0.0, 0.0
	for i := range j.strips {
		_, vecs := j.strip(i)
		width := vecs * j.isa.lanes
		most := j.isa.pixelRows[vecs]
		count := (j.blockRows + most - 1) / most
		low := j.blockRows / count
		high := float64(j.blockRows - low*count)
		steps += high*stepCycles(low+1, vecs) + (float64(count)-high)*stepCycles(low, vecs)
		tiles += float64(count) * max(1, k*float64(width)/float64(directStrip))
	}
	// The last block may be smaller.
	blocks := float64(j.rows) / float64(j.blockRows)
	work := float64(c.Groups) * blocks * (steps*k + tiles*costTile + tiles*float64(j.runs)*costRun)
	rows, taps := float64(j.rows), float64(c.KH*c.KW)
	in := rows * float64(c.C*min(c.SH, c.KH)*min(c.SW, c.KW))
	switch place := rows * float64(j.chunks*c.Groups); j.how {
	case directTapwise:
		work += 4 * taps * place
	case directStaged:
		work += 2*place + in*float64(j.chunks)/4
	case directPlaced:
		work += 2 * place
	}
	threads := float64(j.threads)
	parts := float64(c.Groups * j.blocks * j.chunks)
	idle := threads / parts * float64((c.Groups*j.blocks*j.chunks+j.threads-1)/j.threads)
	ns := work / costClock * max(1, idle)
	if weights := c.Groups * j.groupFloats; weights > directStream {
		ns = max(ns, 4*float64(weights)*blocks/costMemory)
	}
	ns += 4 * (in + rows*float64(c.O)) / costStream
	if j.threads > 1 {
		return costFork + ns/threads
	}
	return ns
}

// stepCycles is what one k of a tile takes: its multiply-adds, its loads, or
// the wait for the sums of the k before.
func stepCycles(rows, vecs int) float64 {
	return max(float64(rows*vecs), float64(rows+vecs), costWait*costUnits) / costUnits
}

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

// pixelDirectCost is the time of the thread that finishes last (see
// directJob.partTime) and what writing pixels takes.
func pixelDirectCost(c Conv) float64 {
	j := directJob{isa: currentTiles(), c: c.normal()}
	c = j.c
	if c.N*c.OutH()*c.OutW() == 0 {
		return 0
	}
	j.x.Stride = PixelStride(c.C)
	j.cut()
	j.plan()
	ns := j.cuts.last + 4*float64(j.rows)*float64(c.O)/costStream/float64(j.cuts.threads)
	if j.cuts.threads > 1 {
		return costFork + ns
	}
	return ns
}

// stepCycles is what one k of a tile takes: its multiply-adds, its loads, or
// the wait for the sums of the k before.
func stepCycles(rows, vecs int) float64 {
	return max(float64(rows*vecs), float64(rows+vecs), costWait*costUnits) / costUnits
}

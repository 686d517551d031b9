package kernel

// findCut returns the cut of the job's work over its threads.
func (j *directJob) findCut() *pixelCut {
	key := pixelCutKey{j.isa, j.c, j.how, j.rows, j.threads}
	if cut := knownCut(key); cut != nil {
		return cut
	}
	p := cutPlan{isa: j.isa, vecs: (j.outC + j.isa.lanes - 1) / j.isa.lanes, strips: j.strips, rows: j.rows, unit: 1, fewest: directRows / 2, groups: j.c.Groups, threads: j.threads}
	if j.how == directStaged { // whole lines are copied
		p.unit = j.outW
	}
	p.time = func(part, before pixelPart) float64 { return j.partTime(&p, part, before) }
	flops := 2 * float64(j.rows) * float64(j.c.O) * float64(j.runs*j.runLen)
	return p.search(j.leastBlocks(), min(4, 1+int(flops/directPartFlops/float64(j.threads)))).remember(key)
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

// partTime predicts the nanoseconds of a part: the multiply-adds or the weights'
// way, and the input's.
func (j *directJob) partTime(p *cutPlan, part, before pixelPart) float64 {
	c, n := j.c, part.row1-part.row0
	taps := float64(c.KH * c.KW)
	work := p.tileCycles(part, j.runs, j.runLen)
	switch j.how {
	case directTapwise:
		work += 4 * taps * float64(n)
	case directStaged:
		work += 2*float64(n) + float64(n*j.touched())/4
	case directPlaced:
		work += 2 * float64(n)
	}
	ns := work / costClock
	weights := p.width(part) * j.isa.lanes * j.runs * j.runLen
	sameWeights, samePixels := part.same(before)
	if c.Groups*j.groupFloats > directStream && !(sameWeights && weights < directBlock) {
		ns = max(ns, 4*float64(weights)/cutWay)
	}
	if !samePixels {
		ns += 4 * float64(n*j.touched()/c.Groups) / costStream
	}
	return ns
}

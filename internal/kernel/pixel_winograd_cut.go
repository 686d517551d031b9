package kernel

// findCut returns how the results of n tiles, which all threads have
// transformed together, are cut over threads.
func (j *winogradPixelJob) findCut(n, threads int) *pixelCut {
	key := pixelCutKey{j.isa, j.c, j.matrices, n, threads}
	if cut := knownCut(key); cut != nil {
		return cut
	}
	p := cutPlan{isa: j.isa, vecs: j.vecs, strips: j.strips, rows: n, unit: 1, fewest: winogradFewest, groups: 1, threads: threads}
	p.time = func(part, before pixelPart) float64 { return j.partTime(&p, part, before) }
	return p.search(1, 2).remember(key)
}

// winogradFewest is the least number of tiles of a part.
const winogradFewest = 12

// partTime predicts the nanoseconds of a part: the products or their weights'
// way, the transformed tiles' way, and the transform of the products.
func (j *winogradPixelJob) partTime(p *cutPlan, part, before pixelPart) float64 {
	n, width := part.row1-part.row0, p.width(part)
	ns := float64(j.matrices) * p.tileCycles(part, 1, j.c.C) / costClock
	weights := j.matrices * width * j.isa.lanes * j.c.C
	sameWeights, samePixels := part.same(before)
	if j.matrices*j.uXi > directStream && !(sameWeights && weights < directBlock) {
		ns = max(ns, 4*float64(weights)/cutWay)
	}
	if !samePixels {
		ns += 4 * float64(j.matrices*n*j.ldv) / costStream
	}
	return ns + winogradElement*float64(j.matrices*n*width)
}

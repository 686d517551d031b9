package kernel

// depthwise makes the weight gradient of output channel o where every group
// has one input channel: for each tap, inner products of the rows of the
// input with those of the result's gradient.
func (j *weightsJob) depthwise(o int) {
	s := j.isa
	w := takeTileWork()
	defer giveTileWork(w)
	sums := grow(&w.c, len(j.taps))
	clear(sums)
	plane := j.outH * j.outW
	mask := s.mask((j.outW-1)%s.lanes + 1)
	ch := o / j.outC
	dot := s.dotTiles[1][1]
	for img := range j.images {
		p := j.stage(s, &w.x, img, img+1, ch, ch+1, 0, j.outH)
		dy := j.dy[(img*j.groups*j.outC+o)*plane:][:plane]
		for t, sh := range j.taps {
			x := p.data[p.tap(sh):]
			var sum float32
			for i := range j.outH {
				dot(&x[i*p.rowStep], 0, &dy[i*j.outW], 0, j.outW, mask, &w.sums)
				sum += w.sums[0]
			}
			sums[t] += sum
		}
	}
	copy(j.dw[o*len(j.taps):], sums)
}

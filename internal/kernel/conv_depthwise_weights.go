package kernel

// flatGroup is a set of taps whose gradients are made at once: the product of
// some kernel rows and columns that read the same phase at equal distances.
// Row i reads rows row + i·stepR of the input; so its inner product is that of
// the result's gradient moved by as many rows down and of the input, where
// columns are moved alike: few rows of either make all taps.
type flatGroup struct {
	rows, cols       int
	phase            int
	row, col         int // what the first tap adds
	stepR, stepC     int
	weight           int // index of the first tap
	weightR, weightC int // distances of the others
	tileR, tileC     int // of the routine, which may be larger
	dot              func(w *float32, ldw int, x *float32, ldx, k int, mask uintptr, y *[16]float32)
}

// weightGroups divides the taps of a kernel into groups that a routine can do.
func (c Conv) weightGroups(s *tileSet) []flatGroup {
	var groups []flatGroup
	eachTapRun(c.KH, c.SH, c.DH, func(firstR, nR, everyR, stepR int) {
		for r := 0; r < nR; {
			tileR := 1
			if nR-r > 1 {
				tileR = 4
			}
			eachTapRun(c.KW, c.SW, c.DW, func(firstC, nC, everyC, stepC int) {
				for k := 0; k < nC; {
					tileC := 4
					for tileC/2 >= nC-k || s.dotTiles[tileR][tileC] == nil {
						tileC /= 2
					}
					a, b := firstR+r*everyR, firstC+k*everyC
					y, x := a*c.DH-c.PH, b*c.DW-c.PW
					row, col := floorDiv(y, c.SH), floorDiv(x, c.SW)
					groups = append(groups, flatGroup{
						rows: min(tileR, nR-r), cols: min(tileC, nC-k),
						phase: (y-row*c.SH)*c.SW + x - col*c.SW, row: row, col: col,
						stepR: stepR, stepC: stepC,
						weight: a*c.KW + b, weightR: everyR * c.KW, weightC: everyC,
						tileR: tileR, tileC: tileC, dot: s.dotTiles[tileR][tileC],
					})
					k += tileC
				}
			})
			r += tileR
		}
	})
	return groups
}

// eachTapRun divides the k taps of an axis by what they read modulo the stride:
// n taps from the first on, every so many, each step positions further.
func eachTapRun(k, stride, dilation int, f func(first, n, every, step int)) {
	every := stride
	for d := range stride { // stride / gcd(stride, dilation)
		if (d+1)*dilation%stride == 0 {
			every = d + 1
			break
		}
	}
	for first := range min(every, k) {
		f(first, (k-first+every-1)/every, every, every*dilation/stride)
	}
}

// depthwiseWeights is ConvBackwardWeights where every group has one input
// channel.
func depthwiseWeights(s *tileSet, c Conv, x, dy, dw []float32) {
	groups := c.weightGroups(s)
	p := c.forwardPlane(s)
	slackR, slackC := 0, 0
	for _, g := range groups {
		slackR, slackC = max(slackR, (g.tileR-1)*g.stepR), max(slackC, (g.tileC-1)*g.stepC)
	}
	taps := c.forwardTaps(nil)
	p.plan(taps, c.N, flatBlock/p.phases(), slackR, slackC)
	// The result's gradient lies the same way, with zeros around it.
	q := p
	q.h, q.w, q.sh, q.sw = p.outH, p.outW, 1, 1
	q.rows, q.cols, q.minRow, q.maxRow = p.outH, p.outW, 0, 0
	per, blocks, plane := c.O/c.C, p.blocks(c.N), p.outH*p.outW
	Parallel(c.O, p.grain(len(taps))/blocks+1, func(lo, hi int) {
		work := borrow[tileWork]()
		defer giveBack(work)
		buf := grow(&work.x, p.phases()*p.size)
		clear(buf)
		grad := grow(&work.c, q.size)
		clear(grad)
		for o := lo; o < hi; o++ {
			sums := dw[o*len(taps):][:len(taps)]
			clear(sums)
			for i := range blocks {
				b := p.block(i, c.N)
				p.stage(buf, x[o/per*c.H*c.W:], c.C*c.H*c.W, b)
				q.stage(grad, dy[o*plane:], c.O*plane, b)
				n := p.positions(b.img1-b.img0, b.row1-b.row0)
				if (b.img1-b.img0)*(b.row1-b.row0) < p.images*p.blockRows {
					clear(grad[q.lead+n:]) // of a larger block before
				}
				for i := range groups {
					groups[i].add(&p, n, buf, grad, sums, &work.sums)
				}
			}
		}
	})
}

// add adds the inner products of a group over n positions.
func (g *flatGroup) add(p *flatPlane, n int, x, dy, sums []float32, dots *[16]float32) {
	s := p.isa
	// Rows of the gradient move down: n positions and those of the last row.
	from, last := g.row*p.pitch, (g.row+(g.rows-1)*g.stepR)*p.pitch
	k := last - from + n
	g.dot(&dy[p.lead], -4*g.stepR*p.pitch, &x[g.phase*p.size+p.lead+from+g.col], 4*g.stepC, k, s.mask((k-1)%s.lanes+1), dots)
	for r := range g.rows {
		for c := range g.cols {
			sums[g.weight+r*g.weightR+c*g.weightC] += dots[r*g.tileC+c]
		}
	}
}

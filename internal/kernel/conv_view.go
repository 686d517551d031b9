package kernel

// readsDirectly reports whether the micro-kernel should read the staged input
// where it is, row by row: for few output channels that costs less than to
// pack the im2col matrix, if the rows fill whole vectors well enough.
func (j *convJob) readsDirectly() bool {
	if j.dstSH != 1 || j.dstSW != 1 || j.outC > 64 {
		return false
	}
	if j.outH == 1 && len(j.taps) == 1 && j.inC >= 64 && j.inC*j.outW > 256<<10 {
		// A strip at a time from so many places far apart waits for memory.
		return false
	}
	s := j.isa
	vecs := (j.outW + s.lanes - 1) / s.lanes
	wide, rows := float64(min(vecs, 3)), float64(min(j.outC, s.rows))
	// Cycles for one k: multiply-adds, or broadcasts and loads, which here
	// cross cache lines.
	step := max(rows*wide, rows+2*wide) / wide * float64((j.outC+s.rows-1)/s.rows)
	direct := step * float64(vecs)
	packed := (float64(j.outC) + 4) * float64(j.outW) / float64(s.lanes)
	return direct < packed
}

// view is a block of columns that the micro-kernels read where they are
// staged.
type view struct {
	p       staged
	direct  bool // else the block is packed
	offsets []int
	from    int // column of the first row
	rows    int
}

// fits reports whether reading whole vectors stays inside the input.
func (j *convJob) fits(v *view, n int) bool {
	last := 0
	for _, at := range v.offsets {
		last = max(last, at/4)
	}
	width := min(n, j.outW)
	lanes := j.isa.lanes
	last += v.from + (v.rows-1)*v.p.rowStep + (width+lanes-1)/lanes*lanes
	return last <= len(v.p.data)
}

// alongView multiplies the rows that t.a and t.aoff say by the n columns of a
// view.
func (j *convJob) alongView(w *tileWork, v *view, rows, n int, c, add []float32) {
	s, t := j.isa, &w.t
	t.offsets, t.stepA = &v.offsets[0], 0
	width := s.width()
	call := func(row, x, cols, count, stepB, stepC int) {
		vecs, mask := s.lastMask(cols)
		at := row*j.outW + x
		t.mask, t.count, t.stepB, t.stepC = mask, count, 4*stepB, 4*stepC
		t.b, t.c = &v.p.data[row*v.p.rowStep+v.from+x], &c[at]
		if add != nil {
			t.add = &add[at]
		}
		s.directTiles[rows][vecs](t)
	}
	cols := min(n, j.outW)
	if cols > width { // strip by strip in each row
		for row := range v.rows {
			if whole := cols / width; whole > 0 {
				call(row, 0, width, whole, width, width)
			}
			if x := cols / width * width; x < cols {
				call(row, x, cols-x, 1, 0, 0)
			}
		}
		return
	}
	call(0, 0, cols, v.rows, v.p.rowStep, j.outW)
}

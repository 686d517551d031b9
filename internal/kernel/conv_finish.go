package kernel

// finish does what the micro-kernels have not done: other activations, and
// for results in scratch memory the way to the destination.
func (j *convJob) finish(c []float32, ldc, group, o0, o1, img0, col0, col1 int) {
	n := col1 - col0
	if !j.scratched() {
		if k := j.ep.Act.Kind; k != ActIdentity && k != ActReLU {
			for o := range o1 - o0 {
				y := c[o*ldc : o*ldc+n]
				actRange(j.ep.Act, y, y)
			}
		}
		return
	}
	for o := o0; o < o1; o++ {
		row := c[(o-o0)*ldc:][:n]
		ch := group*j.outC + o
		img, col := img0, col0
		if j.spanning {
			col -= img0 * j.plane
		}
		for len(row) > 0 {
			piece := row[:min(len(row), j.plane-col)]
			row = row[len(piece):]
			at := img*j.dstImg + ch*j.dstCh
			if j.dstSH == 1 && j.dstSW == 1 {
				out := j.dst[at+col:][:len(piece)]
				copy(out, piece)
				finishRow(&j.ep, ch, at+col, out)
			} else {
				j.scatter(j.dst[at:], piece, col)
			}
			img, col = img+1, 0
		}
	}
}

// scatter spreads consecutive results from position col on over a plane.
func (j *convJob) scatter(plane, piece []float32, col int) {
	for len(piece) > 0 {
		i, x := col/j.outW, col%j.outW
		n := min(len(piece), j.outW-x)
		line := plane[(i*j.dstSH+j.dstRow)*j.dstW+x*j.dstSW+j.dstCol:]
		if j.dstSW == 2 {
			j.isa.spread(line, piece[:n])
		} else {
			for q, v := range piece[:n] {
				line[q*j.dstSW] = v
			}
		}
		piece = piece[n:]
		col += n
	}
}

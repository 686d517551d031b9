package kernel

// gatherTap writes what kernel tap (kh, kw) sees in one channel's plane at output
// pixels [j0, j0+len(line)), zero outside the image.
func gatherTap(c Conv, plane []float64, kh, kw, j0 int, line []float64) {
	eachRun(c, kh, kw, j0, len(line), func(at, in, n int) {
		if in < 0 {
			clear(line[at : at+n])
			return
		}
		for j := range line[at : at+n] {
			line[at+j] = plane[in+j*c.SW]
		}
	})
}

// scatterTap adds to one channel's plane what belongs to kernel tap (kh, kw): the
// reverse of gatherTap.
func scatterTap(c Conv, plane []float64, kh, kw, j0 int, line []float64) {
	eachRun(c, kh, kw, j0, len(line), func(at, in, n int) {
		if in < 0 {
			return
		}
		for j, v := range line[at : at+n] {
			plane[in+j*c.SW] += v
		}
	})
}

// eachRun cuts n output pixels from j0 on into runs, of which f gets the
// position, the place of the first in the input's plane, or -1 for a run
// outside the image, and the length.
func eachRun(c Conv, kh, kw, j0, n int, f func(at, in, n int)) {
	ow := c.OutW()
	down, right := kh*c.DH-c.PH, kw*c.DW-c.PW
	lo, hi := reach(ow, c.W, c.SW, right)
	for at := 0; at < n; {
		row, x0 := (j0+at)/ow, (j0+at)%ow
		x1 := min(ow, x0+n-at)
		in := row*c.SH + down
		a, b := min(max(x0, lo), x1), min(max(x0, hi), x1)
		if in < 0 || in >= c.H {
			a, b = x1, x1
		}
		b = max(a, b)
		if a > x0 {
			f(at, -1, a-x0)
		}
		if b > a {
			f(at+a-x0, in*c.W+a*c.SW+right, b-a)
		}
		if x1 > b {
			f(at+b-x0, -1, x1-b)
		}
		at += x1 - x0
	}
}

// pixelBlocks is the number of blocks of doubleCols output pixels.
func pixelBlocks(plane int) int { return (plane + doubleCols - 1) / doubleCols }

// convForward64: y = W · columns(x), a part for each image, group and block of
// pixels.
func convForward64(d *doubleTile, c Conv, x, w []float64, ep Epilogue[float64], y []float64) {
	inC, outC := c.C/c.Groups, c.O/c.Groups
	hw, taps, plane := c.H*c.W, c.KH*c.KW, c.OutH()*c.OutW()
	depth, size := inC*taps, d.panels(outC)*d.rows*inC*taps
	a := scratch64.take(c.Groups * size)
	ForEach(c.Groups, func(g int) { d.packRows(a[g*size:], w[g*outC*depth:], depth, 1, 0, outC, 0, depth) })
	blocks := pixelBlocks(plane)
	ForEach(c.N*c.Groups*blocks, func(part int) {
		j0 := part % blocks * doubleCols
		ng := part / blocks
		n, g := ng/c.Groups, ng%c.Groups
		cols := min(doubleCols, plane-j0)
		work := scratch64.take((doubleK+1)*doubleCols + d.rows*d.cols)
		line, tile, b := work[:cols], work[doubleCols:][:d.rows*d.cols], work[doubleCols+d.rows*d.cols:]
		out := y[(n*c.O+g*outC)*plane+j0:]
		for o := range outC {
			row := out[o*plane:][:cols]
			clear(row)
			if ep.Bias != nil {
				for j := range row {
					row[j] = ep.Bias[g*outC+o]
				}
			}
		}
		for p0 := 0; p0 < depth; p0 += doubleK {
			k := min(doubleK, depth-p0)
			for p := range k {
				ci, tap := (p0+p)/taps, (p0+p)%taps
				gatherTap(c, x[(n*c.C+g*inC+ci)*hw:][:hw], tap/c.KW, tap%c.KW, j0, line)
				d.packRow(b, k, p, line)
			}
			d.block(outC, cols, k, a[g*size+p0*d.rows:], depth*d.rows, b, out, plane, tile)
		}
		for o := range outC {
			row := out[o*plane:][:cols]
			if ep.Add != nil {
				axpy(1, ep.Add[(n*c.O+g*outC+o)*plane+j0:][:cols], row)
			}
			ActForward(ep.Act, row, row)
		}
		scratch64.give(work)
	})
	scratch64.give(a)
}

// convBackwardData64: the columns' gradient is Wᵀ · dy, scattered to dx. A part
// for each image, group and share of the channels.
func convBackwardData64(d *doubleTile, c Conv, dy, w, dx []float64) {
	inC, outC := c.C/c.Groups, c.O/c.Groups
	hw, taps, plane := c.H*c.W, c.KH*c.KW, c.OutH()*c.OutW()
	depth := inC * taps
	// Few channels at a time: the gradient of their columns stays in cache.
	chunk := max(1, min(512/taps, (inC+Threads()-1)/Threads()))
	shares := (inC + chunk - 1) / chunk
	ForEach(c.N*c.Groups*shares, func(part int) {
		c0 := part % shares * chunk
		ng := part / shares
		n, g := ng/c.Groups, ng%c.Groups
		chans := min(chunk, inC-c0)
		rows := chans * taps
		size := d.panels(rows) * d.rows * outC
		work := scratch64.take(size + (doubleK+rows)*doubleCols + d.rows*d.cols)
		a, rest := work[:size], work[size:]
		tile, rest := rest[:d.rows*d.cols], rest[d.rows*d.cols:]
		b, col := rest[:doubleK*doubleCols], rest[doubleK*doubleCols:]
		d.packRows(a, w[g*outC*depth:], 1, depth, c0*taps, rows, 0, outC)
		dst := dx[(n*c.C+g*inC+c0)*hw:][:chans*hw]
		clear(dst)
		for j0 := 0; j0 < plane; j0 += doubleCols {
			cols := min(doubleCols, plane-j0)
			clear(col[:rows*cols])
			for p0 := 0; p0 < outC; p0 += doubleK {
				k := min(doubleK, outC-p0)
				for p := range k {
					d.packRow(b, k, p, dy[(n*c.O+g*outC+p0+p)*plane+j0:][:cols])
				}
				d.block(rows, cols, k, a[p0*d.rows:], outC*d.rows, b, col, cols, tile)
			}
			for r := range rows {
				ci, tap := r/taps, r%taps
				scatterTap(c, dst[ci*hw:][:hw], tap/c.KW, tap%c.KW, j0, col[r*cols:][:cols])
			}
		}
		scratch64.give(work)
	})
}

// convBackwardWeights64: dw = dy · columns(x)ᵀ, a part for each group and block
// of columns.
func convBackwardWeights64(d *doubleTile, c Conv, x, dy, dw []float64) {
	inC, outC := c.C/c.Groups, c.O/c.Groups
	hw, taps, plane := c.H*c.W, c.KH*c.KW, c.OutH()*c.OutW()
	depth := inC * taps
	width := min(doubleCols, (depth+Threads()-1)/Threads())
	blocks := (depth + width - 1) / width
	size := d.panels(outC) * d.rows * doubleK
	ForEach(c.Groups*blocks, func(part int) {
		g, q0 := part/blocks, part%blocks*width
		cols := min(width, depth-q0)
		work := scratch64.take(size + doubleK*(doubleCols+1) + d.rows*d.cols)
		a, rest := work[:size], work[size:]
		tile, rest := rest[:d.rows*d.cols], rest[d.rows*d.cols:]
		line, b := rest[:doubleK], rest[doubleK:]
		out := dw[g*outC*depth+q0:]
		for o := range outC {
			clear(out[o*depth:][:cols])
		}
		for n := range c.N {
			for p0 := 0; p0 < plane; p0 += doubleK {
				k := min(doubleK, plane-p0)
				d.packRows(a, dy[(n*c.O+g*outC)*plane:], plane, 1, 0, outC, p0, k)
				for q := range cols {
					ci, tap := (q0+q)/taps, (q0+q)%taps
					gatherTap(c, x[(n*c.C+g*inC+ci)*hw:][:hw], tap/c.KW, tap%c.KW, p0, line[:k])
					d.packCol(b, k, q, line[:k])
				}
				d.block(outC, cols, k, a, k*d.rows, b, out, depth, tile)
			}
		}
		scratch64.give(work)
	})
}

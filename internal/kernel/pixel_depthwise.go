package kernel

// pixelDepthwise is the convolution of every channel with a kernel of its own.
// Its prepared weights are (KH, KW, C), C filled up to whole vectors, and one
// row of zeros after them: the bias where there is none.
var pixelDepthwise = PixelConv{
	Name: "depthwise",
	Fits: func(c Conv) bool {
		c = c.normal()
		return !c.spread() && c.Groups == c.C && c.O == c.C && c.KH*c.KW <= windowTaps
	},
	Cost: func(c Conv) float64 {
		c = c.normal()
		lanes := 1
		if isa != nil {
			lanes = isa.lanes
		}
		vectors := float64(c.N*c.OutH()*c.OutW()) * float64((c.C+lanes-1)/lanes)
		return vectors * (0.25*float64(c.KH*c.KW) + 2) / float64(Threads())
	},
	Prepared: func(c Conv) int { return (c.KH*c.KW + 1) * depthwiseRow(c.C) },
	Prepare: func(c Conv, w, dst []float32) {
		row, taps := depthwiseRow(c.C), c.KH*c.KW
		clear(dst[:(taps+1)*row])
		for ch := range c.C {
			for t := range taps {
				dst[t*row+ch] = w[ch*taps+t]
			}
		}
	},
	Run: func(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels) {
		c = c.normal()
		if c.C == 0 {
			return
		}
		rows := c.N * c.OutH()
		parallel(rows, max(1, elementGrain/max(1, c.C*c.OutW())), pixelDepthwiseJob{Conv: c, x: x, y: y, w: prepared, ep: ep})
	},
}

// depthwiseRow is the number of floats of one tap's weights.
func depthwiseRow(c int) int { return (c + 15) &^ 15 }

type pixelDepthwiseJob struct {
	Conv
	x, y Pixels
	w    []float32
	ep   PixelEpilogue

	// x and y may be bands: their first rows, among those of all images.
	xRow, yRow int
	near       bool // they lie in the second-level cache
}

// The vector code, by the number of results of a tile.
var depthwiseTiles = [largestTile + 1]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int,
	w, bias, add *float32, addStep int, lo, hi float32) bool{1: vecDepthwise1, 2: vecDepthwise2, 4: vecDepthwise4, 8: vecDepthwise8}

// columnTiles are those for windows whose columns lie side by side.
type columnTiles [largestTile + 1]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int,
	w, bias, add *float32, addStep int, lo, hi float32, pixel, ahead, row int) bool

// depthwiseColumns has them by the number of columns and the stride.
var depthwiseColumns = [6][3]*columnTiles{
	3: {1: {4: vecDepthwise4Columns3s1, 8: vecDepthwise8Columns3s1}, 2: {4: vecDepthwise4Columns3s2, 8: vecDepthwise8Columns3s2}},
	5: {1: {4: vecDepthwise4Columns5s1, 8: vecDepthwise8Columns5s1}, 2: {4: vecDepthwise4Columns5s2, 8: vecDepthwise8Columns5s2}},
}

// pairTiles make two rows of results of 3×3 windows, by the stride: first
// those of as many results as there are registers for, then of half as many.
var pairTiles = [3][2]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int,
	w, bias, add *float32, addStep int, lo, hi float32, pixel, ahead, row, yRow, addRow int) bool{
	1: {vecDepthwisePair3s1, vecDepthwiseHalfPair3s1}, 2: {vecDepthwisePair3s2, vecDepthwiseHalfPair3s2},
}

// pairs reports whether rows of results can be made two at once.
func (j *pixelDepthwiseJob) pairs() bool {
	return isa != nil && j.KH == 3 && j.KW == 3 && j.DH == 1 && j.DW == 1 && j.SH == j.SW && j.SW <= 2
}

// columns returns the code for a run's windows, or nil.
func (j *pixelDepthwiseJob) columns(run windowRun) *columnTiles {
	if j.DW != 1 || j.KW >= len(depthwiseColumns) || j.SW > 2 || run.k0 > 0 || run.k1 < j.KW || run.n < 4 {
		return nil
	}
	return depthwiseColumns[j.KW][j.SW]
}

// run makes rows [lo, hi) of the results of all images.
func (j *pixelDepthwiseJob) run(lo, hi int) {
	outH, outW := j.OutH(), j.OutW()
	plan := newWindowPlan(j.Conv.windows(), outW, j.x.Stride, depthwiseRow(j.C))
	defer giveBack(plan)
	for lo < hi { // image by image
		img, end := lo/outH, min(hi, (lo/outH+1)*outH)
		block := j.block()
		for c0 := 0; c0 < j.C; c0 += block {
			n := min(block, j.C-c0)
			for row := lo; row < end; {
				oh := row % outH
				rows := 0 // whole ones from here on
				for rows < min(largestTile, end-row) && plan.wholeRows(oh+rows) {
					rows++
				}
				inside := plan.rowTaps(oh)
				for i, run := range plan.runs {
					if isa != nil && inside && run.k0 < run.k1 {
						j.band(plan, i, plan.start(img, oh, run)-j.xRow*j.W, (row-j.yRow)*outW+run.from, c0, n, max(1, rows))
						continue
					}
					for r := range max(1, rows) {
						for col := range run.n {
							j.pixel(plan, img, oh+r, run, inside, col, c0, n)
						}
					}
				}
				row += max(1, rows)
			}
		}
		lo = end
	}
}

// block is the number of channels that go through all rows of an image at a
// time. Where an image lies in the second-level cache, they are so few that a
// window's rows stay in the first-level one. From further away whole pixels
// come faster.
func (j *pixelDepthwiseJob) block() int {
	const second, first = 1 << 17, 6 << 10 // floats
	if !j.near && j.C*(j.H*j.W+j.OutH()*j.OutW()) > second {
		return j.C
	}
	rows := (j.KH-1)*j.DH + 1
	return max(64, first/(rows*j.W)&^63)
}

// band makes a run of results of channels [c0, c0+n) in a number of rows with
// the same taps. The first window begins at pixel from of x, the first result
// is pixel first of y.
func (j *pixelDepthwiseJob) band(plan *windowPlan, i, from, first, c0, n, rows int) {
	run := plan.runs[i]
	t := depthwiseTile{pixelDepthwiseJob: j, c0: c0, n: n, outW: plan.outW}
	t.taps, t.count = plan.table(i)
	t.ahead = j.DH * (plan.row1 - plan.row0)
	t.bias = &j.w[j.KH*j.KW*depthwiseRow(j.C)+c0]
	if j.ep.Bias != nil {
		t.bias = &j.ep.Bias[c0]
	}
	var clamps bool
	t.lo, t.hi, clamps = j.ep.Act.bounds()
	columns, pairs := j.columns(run), j.pairs()
	switch {
	case columns == nil && run.n < rows: // downwards
		for col := range run.n {
			t.line(rows, from+col*j.SW, j.SH*j.W, first+col, plan.outW)
		}
	default:
		for row := 0; row < rows; row++ {
			from, at := from+row*j.SH*j.W, first+row*plan.outW
			switch {
			case columns == nil:
				t.line(run.n, from, j.SW, at, 1)
			case pairs && row+1 < rows:
				t.pair(run.n, from, at)
				row++
			default:
				t.row(columns, run.n, from, at)
			}
		}
	}
	if clamps {
		return
	}
	for row := range rows {
		for col := range run.n {
			y := j.y.Data[(first+row*plan.outW+col)*j.y.Stride+c0:][:n]
			actRange(j.ep.Act, y, y)
		}
	}
}

// depthwiseTile is what the vector code is told of a run, apart from places.
type depthwiseTile struct {
	*pixelDepthwiseJob
	c0, n, outW int
	taps        *int
	count       int
	bias        *float32
	lo, hi      float32
	ahead       int // rows from a window's first to those to come
}

// places are where a tile's window, result and term of the sum begin.
func (t *depthwiseTile) places(from, at int) (x, y, add *float32) {
	if t.ep.Add.Data != nil {
		add = &t.ep.Add.Data[at*t.ep.Add.Stride+t.c0]
	}
	return &t.x.Data[from*t.x.Stride+t.c0], &t.y.Data[at*t.y.Stride+t.c0], add
}

// line makes n results, step pixels of y apart, whose windows begin move
// pixels of x apart.
func (t *depthwiseTile) line(n, from, move, at, step int) {
	for done := 0; done < n; {
		size := tileSize(n - done)
		tiles := (n - done) / size
		x, y, add := t.places(from+done*move, at+done*step)
		depthwiseTiles[size](x, 4*t.x.Stride*move, t.taps, t.count, y, 4*t.y.Stride*step, t.n, tiles,
			&t.w[t.c0], t.bias, add, 4*t.ep.Add.Stride*step, t.lo, t.hi)
		done += size * tiles
	}
}

// row makes n results side by side. The last tile begins earlier rather than
// be small, and makes some results again.
func (t *depthwiseTile) row(columns *columnTiles, n, from, at int) {
	pixel := 4 * t.x.Stride
	line := pixel * t.W
	for done := 0; done < n; {
		size := 4
		if n-done > 4 && n >= 8 {
			size = 8
		}
		done = min(done, n-size)
		tiles := (n - done) / size
		x, y, add := t.places(from+done*t.SW, at+done)
		columns[size](x, pixel*t.SW, t.taps, t.count/t.KW, y, 4*t.y.Stride, t.n, tiles,
			&t.w[t.c0], t.bias, add, 4*t.ep.Add.Stride, t.lo, t.hi, pixel, t.ahead*line, line)
		done += size * tiles
	}
}

// pair makes n results side by side and those below them, as row does.
func (t *depthwiseTile) pair(n, from, at int) {
	pixel, yStep, addStep := 4*t.x.Stride, 4*t.y.Stride, 4*t.ep.Add.Stride
	line := pixel * t.W
	most := largestTile
	if isa.lanes < 16 {
		most = largestTile / 2
	}
	for done := 0; done < n; {
		size, half := most, 0
		if n-done <= most/2 || n < most {
			size, half = most/2, 1
		}
		done = min(done, n-size)
		tiles := (n - done) / size
		x, y, add := t.places(from+done*t.SW, at+done)
		pairTiles[t.SW][half](x, pixel*t.SW, t.taps, t.count, y, yStep, t.n, tiles, &t.w[t.c0], t.bias, add, addStep, t.lo, t.hi,
			pixel, (t.ahead+t.SH)*line, line, t.outW*yStep, t.outW*addStep)
		done += size * tiles
	}
}

// pixel makes one result, of a run and as many columns further on.
func (j *pixelDepthwiseJob) pixel(plan *windowPlan, img, oh int, run windowRun, inside bool, col, c0, n int) {
	at := (img*j.OutH()+oh-j.yRow)*plan.outW + run.from + col
	y := j.y.Data[at*j.y.Stride+c0:][:n]
	if j.ep.Bias != nil {
		copy(y, j.ep.Bias[c0:])
	} else {
		clear(y)
	}
	if inside {
		from := plan.start(img, oh, run) - j.xRow*j.W + col*j.SW
		for r := plan.row0; r < plan.row1; r++ {
			for k := run.k0; k < run.k1; k++ {
				p := from + (r-plan.row0)*j.DH*j.W + (k-run.k0)*j.DW
				addProductRange(j.x.Data[p*j.x.Stride+c0:][:n], j.w[(r*j.KW+k)*depthwiseRow(j.C)+c0:][:n], y)
			}
		}
	}
	if j.ep.Add.Data != nil {
		addRange(y, j.ep.Add.Data[at*j.ep.Add.Stride+c0:][:n], y)
	}
	actRange(j.ep.Act, y, y)
}

// depthwiseRows makes rows [lo, hi) of the results of all images on the caller's
// thread alone. x and y begin with rows xRow and yRow of what they hold of all
// images, and lie in the second-level cache.
func depthwiseRows(c Conv, lo, hi int, x Pixels, xRow int, prepared []float32, ep PixelEpilogue, y Pixels, yRow int) {
	j := borrow[pixelDepthwiseJob]()
	*j = pixelDepthwiseJob{Conv: c, x: x, y: y, w: prepared, ep: ep, xRow: xRow, yRow: yRow, near: true}
	j.run(lo, hi)
	giveBack(j)
}

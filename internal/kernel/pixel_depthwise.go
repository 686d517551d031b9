package kernel

import "math"

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
		parallel(rows, max(1, elementGrain/max(1, c.C*c.OutW())), pixelDepthwiseJob{c, x, y, prepared, ep})
	},
}

// depthwiseRow is the number of floats of one tap's weights.
func depthwiseRow(c int) int { return (c + 15) &^ 15 }

type pixelDepthwiseJob struct {
	Conv
	x, y Pixels
	w    []float32
	ep   PixelEpilogue
}

// bounds writes an activation as a clamp of its argument; false where it is
// more than that.
func (a Act) bounds() (lo, hi float32, ok bool) {
	inf := float32(math.Inf(1))
	switch a.Kind {
	case ActIdentity:
		return -inf, inf, true
	case ActReLU:
		return 0, inf, true
	case ActReLU6:
		return 0, 6, true
	case ActHardTanh:
		return -1, 1, true
	}
	return -inf, inf, false
}

// The vector code, by the number of results of a tile.
var depthwiseTiles = [largestTile + 1]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int,
	w, bias, add *float32, addStep int, lo, hi float32) bool{1: vecDepthwise1, 2: vecDepthwise2, 4: vecDepthwise4, 8: vecDepthwise8}

// columnTiles are those for windows whose columns lie side by side.
type columnTiles [largestTile + 1]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int,
	w, bias, add *float32, addStep int, lo, hi float32, pixel int) bool

// depthwiseColumns has them by the number of columns and the stride.
var depthwiseColumns = [8][3]*columnTiles{
	3: {1: {4: vecDepthwise4Columns3s1, 8: vecDepthwise8Columns3s1}, 2: {4: vecDepthwise4Columns3s2, 8: vecDepthwise8Columns3s2}},
	5: {1: {4: vecDepthwise4Columns5s1, 8: vecDepthwise8Columns5s1}, 2: {4: vecDepthwise4Columns5s2, 8: vecDepthwise8Columns5s2}},
	7: {1: {4: vecDepthwise4Columns7s1, 8: vecDepthwise8Columns7s1}, 2: {4: vecDepthwise4Columns7s2, 8: vecDepthwise8Columns7s2}},
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
	plan := newWindowPlan(j.Conv, outW, j.x.Stride, depthwiseRow(j.C))
	defer plan.release()
	for row := lo; row < hi; row++ {
		img, oh := row/outH, row%outH
		inside := plan.rowTaps(oh)
		for i, run := range plan.runs {
			if isa != nil && inside && run.k0 < run.k1 {
				j.tiles(plan, i, plan.start(img, oh, run), row*outW+run.from)
				continue
			}
			for col := range run.n {
				j.pixel(plan, img, oh, run, inside, col)
			}
		}
	}
}

// tiles makes a run of results.
func (j *pixelDepthwiseJob) tiles(plan *windowPlan, i, from, first int) {
	run := plan.runs[i]
	taps, count := plan.table(i)
	lo, hi, clamps := j.ep.Act.bounds()
	bias := &j.w[j.KH*j.KW*depthwiseRow(j.C)]
	if j.ep.Bias != nil {
		bias = &j.ep.Bias[0]
	}
	step, yStep, addStep, pixel := 4*j.SW*j.x.Stride, 4*j.y.Stride, 4*j.ep.Add.Stride, 4*j.x.Stride
	columns := j.columns(run)
	for done := 0; done < run.n; {
		size := tileSize(run.n - done)
		if columns != nil {
			// The last tile begins earlier rather than be small, and makes some
			// results again.
			size = 4
			if run.n-done > 4 && run.n >= 8 {
				size = 8
			}
			done = min(done, run.n-size)
		}
		tiles := (run.n - done) / size
		var add *float32
		if j.ep.Add.Data != nil {
			add = &j.ep.Add.Data[(first+done)*j.ep.Add.Stride]
		}
		x, y := &j.x.Data[(from+done*j.SW)*j.x.Stride], &j.y.Data[(first+done)*j.y.Stride]
		if columns != nil {
			columns[size](x, step, taps, count/j.KW, y, yStep, j.C, tiles, &j.w[0], bias, add, addStep, lo, hi, pixel)
		} else {
			depthwiseTiles[size](x, step, taps, count, y, yStep, j.C, tiles, &j.w[0], bias, add, addStep, lo, hi)
		}
		done += size * tiles
	}
	if !clamps {
		for col := range run.n {
			y := j.y.at(first+col, j.C)
			actRange(j.ep.Act, y, y)
		}
	}
}

// pixel makes one result, of a run and as many columns further on.
func (j *pixelDepthwiseJob) pixel(plan *windowPlan, img, oh int, run windowRun, inside bool, col int) {
	at := (img*j.OutH()+oh)*plan.outW + run.from + col
	y := j.y.at(at, j.C)
	if j.ep.Bias != nil {
		copy(y, j.ep.Bias)
	} else {
		clear(y)
	}
	if inside {
		from := plan.start(img, oh, run) + col*j.SW
		for r := plan.row0; r < plan.row1; r++ {
			for k := run.k0; k < run.k1; k++ {
				p := from + (r-plan.row0)*j.DH*j.W + (k-run.k0)*j.DW
				addProductRange(j.x.at(p, j.C), j.w[(r*j.KW+k)*depthwiseRow(j.C):][:j.C], y)
			}
		}
	}
	if j.ep.Add.Data != nil {
		addRange(y, j.ep.Add.Data[at*j.ep.Add.Stride:][:j.C], y)
	}
	actRange(j.ep.Act, y, y)
}

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
	w, bias, add *float32, addStep int, lo, hi float32, pixel, ahead, row int) bool

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
	for lo < hi { // image by image
		img, end := lo/outH, min(hi, (lo/outH+1)*outH)
		block := j.block()
		for c0 := 0; c0 < j.C; c0 += block {
			n := min(block, j.C-c0)
			for row := lo; row < end; row++ {
				inside := plan.rowTaps(row % outH)
				for i, run := range plan.runs {
					if isa != nil && inside && run.k0 < run.k1 {
						j.tiles(plan, i, plan.start(img, row%outH, run), row*outW+run.from, c0, n)
						continue
					}
					for col := range run.n {
						j.pixel(plan, img, row%outH, run, inside, col, c0, n)
					}
				}
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
	if j.C*(j.H*j.W+j.OutH()*j.OutW()) > second {
		return j.C
	}
	rows := (j.KH-1)*j.DH + 1
	return max(64, first/(rows*j.W)&^63)
}

// tiles makes a run of results of channels [c0, c0+n).
func (j *pixelDepthwiseJob) tiles(plan *windowPlan, i, from, first, c0, n int) {
	run := plan.runs[i]
	taps, count := plan.table(i)
	lo, hi, clamps := j.ep.Act.bounds()
	bias := &j.w[j.KH*j.KW*depthwiseRow(j.C)+c0]
	if j.ep.Bias != nil {
		bias = &j.ep.Bias[c0]
	}
	step, yStep, addStep, pixel := 4*j.SW*j.x.Stride, 4*j.y.Stride, 4*j.ep.Add.Stride, 4*j.x.Stride
	columns := j.columns(run)
	line := pixel * j.W
	ahead := j.DH * (plan.row1 - plan.row0) * line
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
			add = &j.ep.Add.Data[(first+done)*j.ep.Add.Stride+c0]
		}
		x, y := &j.x.Data[(from+done*j.SW)*j.x.Stride+c0], &j.y.Data[(first+done)*j.y.Stride+c0]
		if columns != nil {
			columns[size](x, step, taps, count/j.KW, y, yStep, n, tiles, &j.w[c0], bias, add, addStep, lo, hi, pixel, ahead, line)
		} else {
			depthwiseTiles[size](x, step, taps, count, y, yStep, n, tiles, &j.w[c0], bias, add, addStep, lo, hi)
		}
		done += size * tiles
	}
	if !clamps {
		for col := range run.n {
			y := j.y.Data[(first+col)*j.y.Stride+c0:][:n]
			actRange(j.ep.Act, y, y)
		}
	}
}

// pixel makes one result, of a run and as many columns further on.
func (j *pixelDepthwiseJob) pixel(plan *windowPlan, img, oh int, run windowRun, inside bool, col, c0, n int) {
	at := (img*j.OutH()+oh)*plan.outW + run.from + col
	y := j.y.Data[at*j.y.Stride+c0:][:n]
	if j.ep.Bias != nil {
		copy(y, j.ep.Bias[c0:])
	} else {
		clear(y)
	}
	if inside {
		from := plan.start(img, oh, run) + col*j.SW
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

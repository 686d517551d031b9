package kernel

import "math"

// pixelPoolJob pools rows of results.
type pixelPoolJob struct {
	Pool
	average bool
	x, y    Pixels
}

func (j *pixelPoolJob) run(lo, hi int) {
	p := j.Pool
	plan := newWindowPlan(windowShape{H: p.H, W: p.W, KH: p.KH, KW: p.KW, SH: p.SH, SW: p.SW, PH: p.PH, PW: p.PW, DH: p.DH, DW: p.DW}, p.OW, j.x.Stride, 0)
	defer giveBack(plan)
	for row := lo; row < hi; row++ {
		img, oh := row/p.OH, row%p.OH
		inside := isa != nil && p.KH*p.KW <= windowTaps && plan.rowTaps(oh)
		for i, run := range plan.runs {
			first := row*p.OW + run.from
			if inside && run.k0 < run.k1 {
				j.tiles(plan, i, img, oh, first)
				continue
			}
			for col := range run.n {
				y := j.y.at(first+col, p.C)
				if j.average {
					j.mean(img, oh, run.from+col, y)
				} else {
					j.most(img, oh, run.from+col, y)
				}
			}
		}
	}
}

var (
	windowMaxTiles = [largestTile + 1]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int) bool{
		1: vecWindowMax1, 2: vecWindowMax2, 4: vecWindowMax4, 8: vecWindowMax8,
	}
	windowSumTiles = [largestTile + 1]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int, scale float32) bool{
		1: vecWindowSum1, 2: vecWindowSum2, 4: vecWindowSum4, 8: vecWindowSum8,
	}
)

// windowMaxColumns is for windows of 3 columns side by side, by the stride:
// first tiles of as many results as there are registers for, then of half as
// many.
var windowMaxColumns = [3][2]func(x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int, rows, pixel, row int) bool{
	1: {vecWindowMaxWhole3s1, vecWindowMaxHalf3s1}, 2: {vecWindowMaxWhole3s2, vecWindowMaxHalf3s2},
}

// columns makes a run of maxima where the windows have three columns. The last
// tile begins earlier rather than be small, and makes some results again. It
// reports whether it did.
func (j *pixelPoolJob) columns(plan *windowPlan, i, from, first int) bool {
	p, run := j.Pool, plan.runs[i]
	most := largestTile
	if isa.lanes < 16 {
		most = largestTile / 2
	}
	if j.average || p.KW != 3 || p.DW != 1 || p.SW > 2 || run.k0 > 0 || run.k1 < 3 || run.n < most/2 {
		return false
	}
	taps, count := plan.table(i)
	pixel := 4 * j.x.Stride
	for done := 0; done < run.n; {
		size, half := most, 0
		if run.n-done <= most/2 || run.n < most {
			size, half = most/2, 1
		}
		done = min(done, run.n-size)
		tiles := (run.n - done) / size
		windowMaxColumns[p.SW][half](&j.x.Data[(from+done*p.SW)*j.x.Stride], pixel*p.SW, taps, count,
			&j.y.Data[(first+done)*j.y.Stride], 4*j.y.Stride, p.C, tiles, count/3, pixel, pixel*p.DH*p.W)
		done += size * tiles
	}
	return true
}

// tiles makes a run of results.
func (j *pixelPoolJob) tiles(plan *windowPlan, i, img, oh, first int) {
	p, run := j.Pool, plan.runs[i]
	from := plan.start(img, oh, run)
	if j.columns(plan, i, from, first) {
		return
	}
	taps, count := plan.table(i)
	var scale float32
	if j.average {
		_, _, hc := avgWindow(oh, p.KH, p.SH, p.PH, p.H, p.CountIncludePad)
		_, _, wc := avgWindow(run.from, p.KW, p.SW, p.PW, p.W, p.CountIncludePad)
		scale = 1 / (float32(hc) * float32(wc))
	}
	step, yStep := 4*p.SW*j.x.Stride, 4*j.y.Stride
	for done := 0; done < run.n; {
		size := tileSize(run.n - done)
		tiles := (run.n - done) / size
		x, y := &j.x.Data[(from+done*p.SW)*j.x.Stride], &j.y.Data[(first+done)*j.y.Stride]
		if j.average {
			windowSumTiles[size](x, step, taps, count, y, yStep, p.C, tiles, scale)
		} else {
			windowMaxTiles[size](x, step, taps, count, y, yStep, p.C, tiles)
		}
		done += size * tiles
	}
}

func (j *pixelPoolJob) most(img, oh, ow int, y []float32) {
	p := j.Pool
	h0, h1 := window(oh, p.KH, p.SH, p.PH, p.DH, p.H)
	w0, w1 := window(ow, p.KW, p.SW, p.PW, p.DW, p.W)
	fill(y, float32(math.Inf(-1)))
	for h := h0; h < h1; h += p.DH {
		for w := w0; w < w1; w += p.DW {
			maxRange(j.x.at((img*p.H+h)*p.W+w, p.C), y)
		}
	}
}

func (j *pixelPoolJob) mean(img, oh, ow int, y []float32) {
	p := j.Pool
	h0, h1, hc := avgWindow(oh, p.KH, p.SH, p.PH, p.H, p.CountIncludePad)
	w0, w1, wc := avgWindow(ow, p.KW, p.SW, p.PW, p.W, p.CountIncludePad)
	clear(y)
	if h0 >= h1 || w0 >= w1 {
		return
	}
	for h := h0; h < h1; h++ {
		for w := w0; w < w1; w++ {
			addRange(y, j.x.at((img*p.H+h)*p.W+w, p.C), y)
		}
	}
	scaleRange(1/(float32(hc)*float32(wc)), y, y)
}

func (j pixelPoolJob) start() {
	p := j.Pool
	work := p.C * p.OW * min(p.KH, p.H) * min(p.KW, p.W) / 4
	parallel(p.N*p.OH, max(1, elementGrain/max(work, 1)), j)
}

// PixelMaxPool is MaxPoolForward for images with channels last.
// x: (N, H, W, x.Stride); y: (N, OH, OW, y.Stride).
func PixelMaxPool(p Pool, x, y Pixels) { pixelPoolJob{p.normal(), false, x, y}.start() }

// PixelAvgPool is AvgPoolForward for images with channels last.
// x: (N, H, W, x.Stride); y: (N, OH, OW, y.Stride).
func PixelAvgPool(p Pool, x, y Pixels) {
	p = p.normal()
	p.DH, p.DW = 1, 1
	pixelPoolJob{p, true, x, y}.start()
}

// pixelMeanBlock is the number of channels that a thread averages at a time:
// small images have too few windows to share out.
const pixelMeanBlock = 256

type pixelAdaptiveJob struct {
	c, h, w, oh, ow int
	x, y            Pixels
}

// run takes blocks of channels of windows.
func (j *pixelAdaptiveJob) run(lo, hi int) {
	blocks := (j.c + pixelMeanBlock - 1) / pixelMeanBlock
	var rowSum [pixelMeanBlock]float32
	for b := lo; b < hi; b++ {
		at, from := b/blocks, b%blocks*pixelMeanBlock
		n := min(pixelMeanBlock, j.c-from)
		img, i, k := at/(j.oh*j.ow), at/j.ow%j.oh, at%j.ow
		h0, h1 := adaptiveWindow(i, j.oh, j.h)
		w0, w1 := adaptiveWindow(k, j.ow, j.w)
		y := j.y.Data[at*j.y.Stride+from:][:n]
		// Rows first: a sum of few terms rounds less.
		sum := rowSum[:n]
		clear(y)
		for h := h0; h < h1; h++ {
			clear(sum)
			for w := w0; w < w1; w++ {
				addRange(sum, j.x.Data[((img*j.h+h)*j.w+w)*j.x.Stride+from:][:n], sum)
			}
			addRange(y, sum, y)
		}
		scaleRange(1/float32((h1-h0)*(w1-w0)), y, y)
	}
}

// PixelAdaptiveAvgPool is AdaptiveAvgPoolForward for images with channels last;
// with oh = ow = 1 y may be a matrix (n, c), a Stride of c.
// x: (n, h, w, x.Stride); y: (n, oh, ow, y.Stride).
func PixelAdaptiveAvgPool(n, c, h, w, oh, ow int, x, y Pixels) {
	blocks := (c + pixelMeanBlock - 1) / pixelMeanBlock
	work := min(c, pixelMeanBlock) * ((h+oh-1)/oh + 1) * ((w+ow-1)/ow + 1)
	parallel(n*oh*ow*blocks, max(1, elementGrain/max(work, 1)), pixelAdaptiveJob{c, h, w, oh, ow, x, y})
}

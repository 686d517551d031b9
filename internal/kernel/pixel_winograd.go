package kernel

// winogradRow is the argument of the routine that transforms a row of tiles
// back and writes their pixels: results·results pixels of a vector of channels
// each. The generator knows the offsets of these fields.
type winogradRow struct {
	src      *float32 // the first of 36 products
	offsets  *int     // of each tile, in bytes
	xi       int      // bytes between the 36
	dst      *float32 // the first tile's first pixel
	pixel    int      // bytes between pixels, and between rows of them
	row      int
	tiles    int
	rows     int // of a tile that exist
	last     int // columns of the last tile that exist
	bias     *float32
	add      *float32 // a term's first pixel, or nil
	addPixel int
	addRow   int
	relu     int
	mask     uintptr // lanes that are channels
	tmp      *float32
}

// winogradPixels is F(results × results, taps × taps) for pixels.
type winogradPixels struct {
	results, taps int
	weights       func(src *float32, tapStride, srcStride int, dst *float32, xiStride, dstStride, n int, tmp *float32)
	columns       func(src *float32, rows *[6]int, masks *[6]uintptr, step, n int, dst, tmp *float32)
	tiles         func(src *float32, srcStep int, dst *float32, offsets *int, xiStride, n int)
	pixels        func(a *winogradRow)
}

// tile is the height and width of the tiles of the input.
func (w *winogradPixels) tile() int { return w.results + w.taps - 1 }

// winogradPixelWork is what one thread needs for tiles of pixels.
type winogradPixelWork struct {
	p       pixelWork // a tile of the products
	out     winogradRow
	rows    [6]int
	masks   [6]uintptr
	v, m    []float32 // transformed tiles and products
	columns []float32
	tmp     []float32
	offsets []int
	ahead   winogradAheadOf
}

func (w *winogradPixelWork) cleared() {
	w.p.t, w.out, w.ahead = pixelTile{}, winogradRow{}, winogradAheadOf{}
}

// winogradPixelJob is winogradJob for images with channels last: channels are
// consecutive already, and the transforms read and write pixels where they
// lie. Prepared weights are the 36 (or 16) matrices, each in strips of output channels.
type winogradPixelJob struct {
	isa  *tileSet
	size *winogradPixels
	c    Conv
	x, y Pixels
	u    []float32
	ep   PixelEpilogue

	outH, outW         int
	tileRows, tileCols int
	tiles              int // of all images
	vecs, strips       int // of the output channels
	matrices, uXi      int // 36 or 16, and the floats between them
	ldv, vXi           int // floats between tiles and between the 36, of transformed tiles

	// A part is a chunk of the output channels of a block of tiles. Where few
	// tiles meet many channels, all threads work on one block: they transform
	// it together, then make parts of its results.
	block, blocks int // tiles at a time
	shared        bool
	t0, t1        int
	moved         int // floats between memory and cache for it
	v             []float32
	threads       int
	parts         int // of the transform
	chunks        int
	cuts          *pixelCut
	f, fIn, fOut  func(part int)
	weights       []float32
	fPrepare      func(vec int)
}

func (j *winogradPixelJob) made() {
	j.f, j.fIn, j.fOut, j.fPrepare = j.task, j.transformPart, j.resultPart, j.prepareVec
}

func (j *winogradPixelJob) cleared() {
	*j = winogradPixelJob{v: j.v, f: j.f, fIn: j.fIn, fOut: j.fOut, fPrepare: j.fPrepare}
}

// newWinogradPixelJob borrows a job and derives its sizes.
func newWinogradPixelJob(size *winogradPixels, c Conv) *winogradPixelJob {
	j := borrow[winogradPixelJob]()
	j.isa, j.size, j.c = currentTiles(), size, c
	j.cut()
	return j
}

// cut derives sizes from the geometry.
func (j *winogradPixelJob) cut() {
	c, s, m := j.c, j.isa, j.size.results
	j.outH, j.outW = c.OutH(), c.OutW()
	j.tileRows, j.tileCols = (j.outH+m-1)/m, (j.outW+m-1)/m
	j.tiles = c.N * j.tileRows * j.tileCols
	j.vecs = (c.O + s.lanes - 1) / s.lanes
	j.strips = s.strips(j.vecs)
	j.matrices, j.uXi = j.size.tile()*j.size.tile(), oddLines(j.vecs*s.lanes*c.C)
	j.ldv = (c.C + s.lanes - 1) / s.lanes * s.lanes
}

// strip returns the first vector of a strip and its width.
func (j *winogradPixelJob) strip(i int) (vec, vecs int) { return j.isa.strip(i, j.strips, j.vecs) }

// prepareVec transforms the kernels of one vector of output channels.
func (j *winogradPixelJob) prepareVec(v int) {
	s := j.isa
	taps := j.size.taps * j.size.taps
	w := borrow[tileWork]()
	defer giveBack(w)
	tmp := grow(&w.c, 36*s.lanes)
	o := v * s.lanes
	wt := grow(&w.b, taps*j.c.C*s.lanes)
	s.transpose(&wt[0], 4*s.lanes, &j.weights[o*j.c.C*taps], 4*taps*j.c.C, min(s.lanes, j.c.O-o), taps*j.c.C, 1)
	first, vecs := 0, 0
	for i := 0; first+vecs <= v; i++ {
		first, vecs = j.strip(i)
	}
	at := first*s.lanes*j.c.C + (v-first)*s.lanes
	j.size.weights(&wt[0], 4*s.lanes, 4*taps*s.lanes, &j.u[at], 4*j.uXi, 4*vecs*s.lanes, j.c.C, &tmp[0])
}

// run cuts the work and does it.
func (j *winogradPixelJob) run() {
	j.plan()
	if !j.shared {
		j.each(j.chunks*j.blocks, j.f)
		return
	}
	j.v = grow(&j.v, j.matrices*j.vXi)
	for b := range j.blocks {
		j.t0, j.t1 = j.tiles*b/j.blocks, j.tiles*(b+1)/j.blocks
		j.each(j.parts, j.fIn)
		j.cuts = j.findCut(j.t1-j.t0, j.threads)
		j.each(len(j.cuts.parts), j.fOut)
	}
}

func (j *winogradPixelJob) each(parts int, f func(int)) {
	if parts == 1 {
		f(0)
		return
	}
	ForEach(parts, f)
}

// task makes a chunk of the output channels of a block of tiles.
func (j *winogradPixelJob) task(part int) {
	w := borrow[winogradPixelWork]()
	defer giveBack(w)
	chunk, block := part/j.blocks, part%j.blocks
	t0, t1 := j.tiles*block/j.blocks, j.tiles*(block+1)/j.blocks
	v := grow(&w.v, j.matrices*j.vXi)
	j.transform(w, v, t0, t1)
	if block += Threads(); block < j.blocks {
		j.lookAhead(w, j.tiles*block/j.blocks, j.tiles*(block+1)/j.blocks)
	}
	j.results(w, v, t0, t1, j.strips*chunk/j.chunks, j.strips*(chunk+1)/j.chunks)
}

// transformPart transforms a share of the block's tiles.
func (j *winogradPixelJob) transformPart(part int) {
	w := borrow[winogradPixelWork]()
	defer giveBack(w)
	n := j.t1 - j.t0
	from, to := n*part/j.parts, n*(part+1)/j.parts
	j.transform(w, j.v[from*j.ldv:], j.t0+from, j.t0+to)
}

// resultPart makes a part of the block's results.
func (j *winogradPixelJob) resultPart(part int) {
	w := borrow[winogradPixelWork]()
	defer giveBack(w)
	p := j.cuts.parts[part]
	j.results(w, j.v[p.row0*j.ldv:], j.t0+p.row0, j.t0+p.row1, p.strip0, p.strip1)
}

// eachRow calls f for the tiles [t0, t1) that stand in one row: tiles
// [col, col+n) of tile row top, of which the first is tile at of the block.
func (j *winogradPixelJob) eachRow(t0, t1 int, f func(img, top, col, at, n int)) {
	for t := t0; t < t1; {
		row, col := t/j.tileCols, t%j.tileCols
		n := min(j.tileCols-col, t1-t)
		f(row/j.tileRows, row%j.tileRows, col, t-t0, n)
		t += n
	}
}

// transform transforms input tiles [t0, t1) to v.
func (j *winogradPixelJob) transform(w *winogradPixelWork, v []float32, t0, t1 int) {
	s, c, m := j.isa, j.c, j.size.results
	offsets := w.places(t1-t0, j.ldv)
	tile := j.size.tile()
	column, halo := tile*s.lanes, tile-m
	buf := grow(&w.columns, (m*j.tileCols+halo)*column)
	tmp := grow(&w.tmp, 36*s.lanes)
	whole, nothing := s.mask(s.lanes), s.mask(0)
	j.eachRow(t0, t1, func(img, top, col, at, n int) {
		// Columns of the row that are in the image; the others are zero.
		x0 := m*col - c.PW
		x1 := x0 + m*n + halo
		from := min(max(x0, 0), c.W)
		to := max(min(x1, c.W), from)
		clear(buf[:min(from-x0, x1-x0)*column])
		clear(buf[(to-x0)*column : (x1-x0)*column])
		for ch := 0; ch < c.C; ch += s.lanes {
			if to > from {
				lanes := whole
				if c.C-ch < s.lanes {
					lanes = s.mask(c.C - ch)
				}
				for i := range tile {
					y := m*top + i - c.PH
					w.masks[i] = lanes
					if y < 0 || y >= c.H {
						y, w.masks[i] = 0, nothing
					}
					w.rows[i] = 4 * ((img*c.H+y)*c.W + from) * j.x.Stride
				}
				j.size.columns(&j.x.Data[ch], &w.rows, &w.masks, 4*j.x.Stride, to-from, &buf[(from-x0)*column], &tmp[0])
			}
			j.size.tiles(&buf[0], 4*m*column, &v[ch], &offsets[at], 4*j.vXi, n)
		}
	})
}

// places lists where n tiles begin, in bytes.
func (w *winogradPixelWork) places(n, stride int) []int {
	w.offsets = grow(&w.offsets, n)
	for i := range w.offsets[:n] {
		w.offsets[i] = 4 * i * stride
	}
	return w.offsets
}

// results multiplies transformed tiles by strips [strip0, strip1) of the
// weights, transforms the products back and finishes the pixels.
func (j *winogradPixelJob) results(w *winogradPixelWork, v []float32, t0, t1, strip0, strip1 int) {
	s, n := j.isa, t1-t0
	first, _ := j.strip(strip0)
	end, vecs := j.strip(strip1 - 1)
	end += vecs
	ldm := (end - first) * s.lanes
	mXi := oddLines(n * ldm)
	products := grow(&w.m, j.matrices*mXi)
	j.multiply(w, v, products, ldm, mXi, n, strip0, strip1)

	c, m := j.c, j.size.results
	offsets := w.places(n, ldm)
	tmp := grow(&w.tmp, 36*s.lanes)
	a := &w.out
	a.xi, a.pixel, a.row, a.tmp = 4*mXi, 4*j.y.Stride, 4*j.y.Stride*j.outW, &tmp[0]
	a.addPixel, a.addRow, a.relu = 4*j.ep.Add.Stride, 4*j.ep.Add.Stride*j.outW, 0
	if j.ep.Act.Kind == ActReLU {
		a.relu = 1
	}
	j.eachRow(t0, t1, func(img, top, col, at, tiles int) {
		a.offsets, a.tiles = &offsets[at], tiles
		a.rows, a.last = min(m, j.outH-m*top), min(m, j.outW-m*(col+tiles-1))
		pixel := (img*j.outH+m*top)*j.outW + m*col
		for o := first * s.lanes; o < min(c.O, end*s.lanes); o += s.lanes {
			a.src, a.dst = &products[o-first*s.lanes], &j.y.Data[pixel*j.y.Stride+o]
			a.mask = s.mask(min(s.lanes, c.O-o))
			if j.ep.Bias != nil {
				a.bias = &j.ep.Bias[o]
			}
			if j.ep.Add.Data != nil {
				a.add = &j.ep.Add.Data[pixel*j.ep.Add.Stride+o]
			}
			j.size.pixels(a)
		}
		if k := j.ep.Act.Kind; k != ActIdentity && k != ActReLU {
			o0, o1 := first*s.lanes, min(c.O, end*s.lanes)
			for r := range a.rows {
				for p := range m*(tiles-1) + a.last {
					y := j.y.Data[(pixel+r*j.outW+p)*j.y.Stride:][o0:o1]
					actRange(j.ep.Act, y, y)
				}
			}
		}
	})
}

// multiply makes the 36 products for strips [strip0, strip1).
func (j *winogradPixelJob) multiply(w *winogradPixelWork, v, m []float32, ldm, mXi, n, strip0, strip1 int) {
	s := j.isa
	t := &w.p.t
	tab := w.places(n, j.ldv)
	first, _ := j.strip(strip0)
	t.tabRun, t.runs, t.runTab, t.k = 0, 1, &w.rows[0], j.c.C
	w.rows[0] = 0
	t.ldc, t.flags, t.mask = 4*ldm, 0, s.mask(s.lanes)
	t.stepA = 0
	set := winogradOf(s)
	if set.sixteen != nil && j.c.C == 16 && j.vecs == 1 && n >= 12 {
		for xi := range j.matrices {
			w.ahead.fetch(set)
			set.sixteen(&v[xi*j.vXi], &j.u[xi*j.uXi], &m[xi*mXi], n)
		}
		return
	}
	for xi := range j.matrices {
		w.ahead.fetch(set)
		for i := strip0; i < strip1; i++ {
			vec, vecs := j.strip(i)
			t.b = &j.u[xi*j.uXi+vec*s.lanes*j.c.C]
			c := m[xi*mXi+(vec-first)*s.lanes:]
			// Tiles of nearly the same height.
			most := s.pixelRows[vecs]
			count := (n + most - 1) / most
			low := n / count
			high := n - low*count // of a row more
			t.a = &v[xi*j.vXi]
			if high > 0 {
				t.tab, t.c, t.count = &tab[0], &c[0], high
				t.stepTab, t.stepC = 8*(low+1), (low+1)*t.ldc
				s.pixelTiles[vecs][low+1](t)
			}
			at := high * (low + 1)
			t.tab, t.c, t.count = &tab[at], &c[at*ldm], count-high
			t.stepTab, t.stepC = 8*low, low*t.ldc
			s.pixelTiles[vecs][low](t)
		}
	}
}

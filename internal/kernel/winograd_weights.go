package kernel

// winogradWeightsJob is the gradient of the weights by Winograd's algorithm:
// input tiles and the tiles of the result's gradient are transformed,
// multiplied element by element, which over all tiles makes 36 products of
// matrices, and the sums are transformed back to kernels.
type winogradWeightsJob struct {
	winogradJob // the input side
	dw          []float32

	row0, row1    int // tile rows of the current block
	tiles         int
	ldv, ldd      int
	vXi, dXi      int
	v, d          []float32
	tileParts     int // of the first phase
	group, groups int // input channels of a chunk, how many such groups
	strips        int
	chunk         int // floats of a chunk of sums
	sums          []float32
	first, last   bool
	fTiles, fSums func(part int)
}

func (j *winogradWeightsJob) made() { j.fTiles, j.fSums = j.transformTiles, j.addProducts }

func (j *winogradWeightsJob) cleared() {
	*j = winogradWeightsJob{v: j.v, d: j.d, sums: j.sums, fTiles: j.fTiles, fSums: j.fSums}
}

// Floats of transformed tiles at a time, shared by all threads.
const winogradShared = 600 << 10

// winogradBackwardWeights is the gradient of the weights if Winograd's
// algorithm is the faster one; otherwise it does nothing and returns false.
func winogradBackwardWeights(s *tileSet, c Conv, x, dy, dw []float32) bool {
	size := winogradOf(s).fast(c)
	if !winogradWins(s, size, c, c.C, c.O, c.OutH(), c.OutW()) || s.lanes == 16 && size.taps == 5 && c.C*c.O < 8192 {
		return false // long vectors make short work of the definition
	}
	j := borrow[winogradWeightsJob]()
	defer giveBack(j)
	j.isa, j.size, j.images = s, size, c.N
	j.inC, j.inH, j.inW, j.src = c.C, c.H, c.W, x
	j.outC, j.outH, j.outW, j.dst = c.O, c.OutH(), c.OutW(), dy
	j.padH, j.padW = c.PH, c.PW
	j.dw = dw
	j.run()
	return true
}

func (j *winogradWeightsJob) run() {
	s := j.isa
	m := j.size.results
	j.tileRows, j.tileCols = (j.outH+m-1)/m, (j.outW+m-1)/m
	threads := j.cutThreads()
	j.vecs = (j.outC + s.lanes - 1) / s.lanes
	j.strips = (j.vecs + 2) / 3
	j.stripVecs = (j.vecs + j.strips - 1) / j.strips
	j.strips = (j.vecs + j.stripVecs - 1) / j.stripVecs
	j.ldv, j.ldd = oddLines(j.inC), oddLines(j.vecs*s.lanes)

	rows := j.images * j.tileRows
	tiles := max(64, winogradShared/36/(j.ldv+j.ldd))
	blocks := max(1, (rows*j.tileCols+tiles/2)/tiles)
	atOnce := (rows + blocks - 1) / blocks
	j.vXi, j.dXi = oddLines(atOnce*j.tileCols*j.ldv), oddLines(atOnce*j.tileCols*j.ldd)
	j.v, j.d = grow(&j.v, 36*j.vXi), grow(&j.d, 36*j.dXi)

	j.group = min(64, (j.inC+s.rows-1)/s.rows*s.rows)
	j.groups = (j.inC + j.group - 1) / j.group
	for n := j.groups * j.strips; threads > 1 && j.group > s.rows && (n < threads || n%threads != 0 && n < 4*threads); n = j.groups * j.strips {
		j.group = max(s.rows, j.group/2/s.rows*s.rows)
		j.groups = (j.inC + j.group - 1) / j.group
	}
	j.chunk = 36 * j.sumsXi()
	if blocks > 1 {
		j.sums = grow(&j.sums, j.groups*j.strips*j.chunk)
	}
	for row := 0; row < rows; row += atOnce {
		j.row0, j.row1 = row, min(rows, row+atOnce)
		j.tiles = (j.row1 - row) * j.tileCols
		j.first, j.last = row == 0, j.row1 == rows
		j.tileParts = min(threads, j.row1-row)
		j.each(j.tileParts, j.fTiles)
		j.each(j.groups*j.strips, j.fSums)
	}
}

// sumsXi is the distance of two of the 36 matrices of a chunk.
func (j *winogradWeightsJob) sumsXi() int { return oddLines(j.group * j.stripVecs * j.isa.lanes) }

// transformTiles transforms a share of the block's tiles on both sides.
func (j *winogradWeightsJob) transformTiles(part int) {
	w := borrow[tileWork]()
	defer giveBack(w)
	tmp := grow(&w.a, 36*j.isa.lanes)
	n := j.row1 - j.row0
	end := j.row0 + n*(part+1)/j.tileParts
	for row := j.row0 + n*part/j.tileParts; row < end; {
		img, top := row/j.tileRows, row%j.tileRows
		next := min(end, row+j.tileRows-top)
		at := (row - j.row0) * j.tileCols
		j.input(w, j.v[at*j.ldv:], j.ldv, j.vXi, img, top, next-row, tmp)
		j.gradient(w, j.d[at*j.ldd:], img, top, next-row, tmp)
		row = next
	}
}

// gradient transforms rows of tiles of one image of the result's gradient.
func (j *winogradWeightsJob) gradient(w *tileWork, d []float32, img, top, rows int, tmp []float32) {
	s := j.isa
	m := j.size.results
	pitch := m * j.tileCols
	g := grow(&w.x, m*rows*pitch*s.lanes)
	plane := j.outH * j.outW
	lines := min(m*rows, j.outH-m*top)
	if pitch > j.outW || lines < m*rows {
		clear(g)
	}
	for o := 0; o < j.outC; o += s.lanes {
		src := j.dst[(img*j.outC+o)*plane+m*top*j.outW:]
		n := min(s.lanes, j.outC-o)
		if pitch == j.outW {
			s.transpose(&g[0], 4*s.lanes, &src[0], 4*plane, n, lines*pitch, 1)
		} else {
			for r := range lines {
				s.transpose(&g[r*pitch*s.lanes], 4*s.lanes, &src[r*j.outW], 4*plane, n, j.outW, 1)
			}
		}
		for r := range rows {
			j.size.gradient(&g[m*r*pitch*s.lanes], 4*pitch*s.lanes, &d[r*j.tileCols*j.ldd+o], 4*j.dXi, 4*j.ldd, j.tileCols, &tmp[0])
		}
	}
}

// addProducts adds the block's products for one chunk, and after the last
// block makes the gradient of it.
func (j *winogradWeightsJob) addProducts(part int) {
	s := j.isa
	w := borrow[tileWork]()
	defer giveBack(w)
	strip := part % j.strips * j.stripVecs
	c0 := part / j.strips * j.group
	c1 := min(j.inC, c0+j.group)
	vecs := min(j.stripVecs, j.vecs-strip)
	width := vecs * s.lanes
	var sums []float32
	if j.first && j.last {
		sums = grow(&w.c, j.chunk)
	} else {
		sums = j.sums[part*j.chunk : (part+1)*j.chunk]
	}
	xiStride := j.sumsXi()
	t := &w.t
	w.rowsApart(0)
	t.k, t.lda, t.ldb, t.ldc = j.tiles, 4*j.ldv, 4*j.ldd, 4*width
	t.mask, t.flags = s.mask(s.lanes), 0
	if !j.first {
		t.flags = tileAccumulate
	}
	t.count, t.stepA, t.stepB, t.stepC = (c1-c0+s.rows-1)/s.rows, 4*s.rows, 0, 4*s.rows*width
	kernel := s.columnTiles[vecs]
	for xi := range 36 {
		t.b = &j.d[xi*j.dXi+strip*s.lanes]
		t.a, t.c = &j.v[xi*j.vXi+c0], &sums[xi*xiStride]
		kernel(t)
	}
	if !j.last {
		return
	}
	tmp := grow(&w.a, 36*s.lanes)
	n, taps := c1-c0, j.size.taps*j.size.taps
	g := grow(&w.x, n*taps*width) // by (channel, tap), output channels consecutive
	for v := range vecs {
		j.size.kernels(&sums[v*s.lanes], 4*xiStride, 4*width, &g[v*s.lanes], 4*width, 4*taps*width, n, &tmp[0])
	}
	o := strip * s.lanes
	s.transposeTo(j.dw[(o*j.inC+c0)*taps:], taps*j.inC, g, width, taps*n, min(width, j.outC-o), false)
}

package kernel

// weightsJob is ConvBackwardWeights as a product of matrices, the other way
// round than the forward pass: the rows are the shifted views of the input,
// read where they are staged, the columns the output channels, and k runs
// over the output positions. So there is no im2col matrix at all; only the
// result's gradient is packed, transposed.
type weightsJob struct {
	receptive
	isa    *tileSet
	images int
	groups int
	inC    int // of a group
	outC   int // of a group
	dy, dw []float32

	// How the work is cut. A part is a chunk of input channels, a chunk of
	// output channels and a share of the blocks of positions; results of
	// several shares are added in order.
	chanChunk, chanChunks int
	outChunk, outChunks   int
	shares                int
	blockImgs, blockRows  int // of a block: whole images, or rows of one
	rowBlocks, blocks     int
	partial               []float32 // a result for each share
	f                     func(part int)
}

func (j *weightsJob) made() { j.f = j.task }

func (j *weightsJob) cleared() {
	*j = weightsJob{receptive: receptive{taps: j.taps[:0]}, f: j.f, partial: j.partial}
}

func convBackwardWeights32(s *tileSet, c Conv, x, dy, dw []float32) {
	j := borrow[weightsJob]()
	defer giveBack(j)
	j.isa, j.images, j.groups = s, c.N, c.Groups
	j.inC, j.outC = c.C/c.Groups, c.O/c.Groups
	j.src, j.srcImg, j.srcCh = x, c.C*c.H*c.W, c.H*c.W
	j.inH, j.inW, j.outH, j.outW = c.H, c.W, c.OutH(), c.OutW()
	j.sh, j.sw = c.SH, c.SW
	for kh := range c.KH {
		for kw := range c.KW {
			j.taps = append(j.taps, shift{kh*c.DH - c.PH, kw*c.DW - c.PW})
		}
	}
	j.dy, j.dw = dy, dw
	j.run()
}

const (
	weightsPositions = 448       // of a block
	weightsResult    = 384 << 10 // floats of a part's result
	weightsShared    = 160 << 10 // results up to this many floats are made by shares
)

func (j *weightsJob) run() {
	j.plan()
	threads := Threads()
	plane := j.outH * j.outW
	rows := j.inC * len(j.taps)

	// Blocks of positions.
	if plane < weightsPositions {
		j.blockImgs, j.blockRows, j.rowBlocks = min(j.images, weightsPositions/plane), j.outH, 1
		n := (j.images + j.blockImgs - 1) / j.blockImgs
		j.blockImgs = (j.images + n - 1) / n
	} else {
		j.rowBlocks = min(j.outH, (plane+weightsPositions-1)/weightsPositions)
		j.blockRows = (j.outH + j.rowBlocks - 1) / j.rowBlocks
		j.rowBlocks = (j.outH + j.blockRows - 1) / j.blockRows
		j.blockImgs = 1
	}
	j.blocks = (j.images + j.blockImgs - 1) / j.blockImgs * j.rowBlocks

	flops := 2 * float64(rows) * float64(j.outC) * float64(plane*j.images*j.groups)
	if flops < smallFlops {
		threads = 1
	}
	j.outChunks = (j.outC + 383) / 384
	j.outChunk = evenBlocks(j.outC, (j.outC+j.outChunks-1)/j.outChunks, j.isa.lanes)
	j.outChunks = (j.outC + j.outChunk - 1) / j.outChunk
	j.chanChunks, j.shares = 1, 1
	if j.groups*rows*j.outC <= weightsShared && j.groups < threads {
		j.shares = min(threads, j.blocks)
	} else {
		want := (rows*j.outChunk + weightsResult - 1) / weightsResult
		for j.groups*want*j.outChunks%threads != 0 && want < j.inC {
			want++
		}
		j.chanChunks = min(want, j.inC)
	}
	j.chanChunk = (j.inC + j.chanChunks - 1) / j.chanChunks
	j.chanChunks = (j.inC + j.chanChunk - 1) / j.chanChunk

	parts := j.groups * j.chanChunks * j.outChunks * j.shares
	if j.shares > 1 {
		j.partial = grow(&j.partial, parts*j.partSize())
	}
	if threads == 1 {
		for i := range parts {
			j.task(i)
		}
	} else {
		ForEach(parts, j.f)
	}
	if j.shares > 1 {
		j.addShares(parts)
	}
}

// partSize is the length of a part's result, which is kept transposed.
func (j *weightsJob) partSize() int { return j.chanChunk * len(j.taps) * ((j.outChunk + 15) &^ 15) }

// part tells what part i works on.
func (j *weightsJob) part(i int) (group, ch0, ch1, o0, o1, share int) {
	share, i = i%j.shares, i/j.shares
	o0, i = i%j.outChunks*j.outChunk, i/j.outChunks
	ch0, group = i%j.chanChunks*j.chanChunk, i/j.chanChunks
	return group, ch0, min(j.inC, ch0+j.chanChunk), o0, min(j.outC, o0+j.outChunk), share
}

func (j *weightsJob) task(i int) {
	w := borrow[tileWork]()
	defer giveBack(w)
	group, ch0, ch1, o0, o1, share := j.part(i)
	ldc := (o1 - o0 + 15) &^ 15
	var c []float32
	if j.shares > 1 {
		c = j.partial[i*j.partSize():][:j.partSize()]
	} else {
		c = grow(&w.c, (ch1-ch0)*len(j.taps)*ldc)
	}
	first, last := j.blocks*share/j.shares, j.blocks*(share+1)/j.shares
	for b := first; b < last; b++ {
		img0, row0 := b/j.rowBlocks*j.blockImgs, b%j.rowBlocks*j.blockRows
		img1, row1 := min(j.images, img0+j.blockImgs), min(j.outH, row0+j.blockRows)
		p := j.stage(j.isa, &w.x, img0, img1, group*j.inC+ch0, group*j.inC+ch1, row0, row1)
		width := j.pack(w, img0, img1, row0, row1, group*j.outC+o0, o1-o0)
		j.multiply(w, &p, img1-img0, row0, row1, ch1-ch0, o1-o0, width, c, ldc, b > first)
	}
	if j.shares == 1 {
		j.store(c, ldc, group, ch0, ch1, o0, o1)
	}
}

// store transposes a result into the gradient.
func (j *weightsJob) store(c []float32, ldc, group, ch0, ch1, o0, o1 int) {
	taps := len(j.taps)
	ldw := j.inC * taps
	j.isa.transposeTo(j.dw[(group*j.outC+o0)*ldw+ch0*taps:], ldw, c, ldc, (ch1-ch0)*taps, o1-o0, false)
}

func (j *weightsJob) addShares(parts int) {
	size := j.partSize()
	for i := 0; i < parts; i += j.shares {
		sum := j.partial[i*size : (i+1)*size]
		for s := 1; s < j.shares; s++ {
			vecAdd(sum, j.partial[(i+s)*size:(i+s+1)*size], sum)
		}
		group, ch0, ch1, o0, o1, _ := j.part(i)
		j.store(sum, (o1-o0+15)&^15, group, ch0, ch1, o0, o1)
	}
}

// pack lays the gradient of a block's positions out in strips of output
// channels, position by position, and returns the strips' width.
func (j *weightsJob) pack(w *tileWork, img0, img1, row0, row1, o0, n int) int {
	s := j.isa
	vecs := (n + s.lanes - 1) / s.lanes
	strips := (vecs + 2) / 3
	width := (vecs + strips - 1) / strips * s.lanes
	plane := j.outH * j.outW
	k := (row1 - row0) * j.outW
	depth := k * (img1 - img0)
	buf := grow(&w.b, vecs*s.lanes*depth)
	for o := 0; o < n; o += width {
		rows := min(width, n-o)
		ld := (rows + s.lanes - 1) / s.lanes * s.lanes
		for img := img0; img < img1; img++ {
			src := j.dy[(img*j.groups*j.outC+o0+o)*plane+row0*j.outW:]
			s.transposeTo(buf[(img-img0)*k*ld:], ld, src, plane, rows, k, true)
		}
		if o+width < n {
			buf = buf[ld*depth:]
		}
	}
	return width
}

// multiply adds a block's contribution to the transposed result c.
func (j *weightsJob) multiply(w *tileWork, p *staged, images, row0, row1, channels, n, width int, c []float32, ldc int, accumulate bool) {
	s := j.isa
	t := &w.t
	taps := len(j.taps)
	// Positions whose input is consecutive are one run.
	if p.rowStep == j.outW {
		t.runs, t.k = images, (row1-row0)*j.outW
	} else {
		t.runs, t.k = images*(row1-row0), j.outW
	}
	runs := grow(&w.tab, t.runs)
	for i := range runs {
		if t.runs == images {
			runs[i] = 4 * p.at(i, row0, 0)
		} else {
			runs[i] = 4 * p.at(i/(row1-row0), row0+i%(row1-row0), 0)
		}
	}
	t.runTab, t.aoff, t.a = &runs[0], &w.aoff, &p.data[0]
	depth := images * (row1 - row0) * j.outW
	t.ldc, t.flags = 4*ldc, 0
	t.stepA, t.stepB, t.stepC = 0, 4*width*depth, 4*width
	if accumulate {
		t.flags = tileAccumulate
	}
	at := grow(&w.at, taps)
	for i, sh := range j.taps {
		at[i] = p.tap(sh)
	}
	ch, tap := 0, 0
	for r := 0; r < channels*taps; r += s.rows {
		rows := min(s.rows, channels*taps-r)
		for i := range rows {
			w.aoff[i] = 4 * (ch*p.ch + at[tap])
			if tap++; tap == taps {
				ch, tap = ch+1, 0
			}
		}
		for o := 0; o < n; {
			cols := min(width, n-o)
			t.count = 1
			if cols == width { // all strips of full width in one go
				t.count = (n - o) / width
			}
			var vecs int
			vecs, t.mask = s.lastMask(cols)
			t.b, t.ldb, t.c = &w.b[o*depth], 4*vecs*s.lanes, &c[r*ldc+o]
			s.tiles[rows][vecs](t)
			o += t.count * width
		}
	}
}

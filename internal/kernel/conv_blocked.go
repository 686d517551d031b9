package kernel

// convJob is a convolution as a product of matrices: the rows are the
// weights, the columns the output positions, and the im2col matrix between
// them is packed block by block from the image.
type convJob struct {
	receptive
	isa    *tileSet
	images int
	groups int
	inC    int // of a group
	outC   int // of a group

	// a holds the weights: row o starts at o·lda. Its k runs over (channel,
	// tap); or, with tapMajor, tap t starts at tapAt[t] and k runs over the
	// channels there.
	a        []float32
	lda      int
	aGroup   int
	tapMajor bool
	tapAt    []int

	// Output position (i, j) goes to row i·dstSH + dstRow, column
	// j·dstSW + dstCol of a plane dstW wide.
	dst           []float32
	dstImg, dstCh int
	dstW          int
	dstSH, dstSW  int
	dstRow        int
	dstCol        int
	ep            Epilogue[float32]

	// How the work is cut. A serial job is itself a part of something.
	serial    bool
	plane     int // output positions of an image
	spanning  bool
	columns   int // positions that are cut into blocks: of one image, or of all if spanning
	blocks    int
	blockCols int
	chunks    int // of the output channels
	chunkRows int
	channels  int  // input channels at a time
	direct    bool // the micro-kernels read the staged input where it is
	f         func(part int)
}

func (j *convJob) made() { j.f = j.task }

func (j *convJob) cleared() {
	*j = convJob{receptive: receptive{taps: j.taps[:0]}, f: j.f, tapAt: j.tapAt[:0]}
}

const (
	smallPlane = 128 // planes below share blocks with other images
	maxChunk   = 512 // output channels of a task that keeps its result in scratch
)

// run cuts the work and does it.
func (j *convJob) run() {
	j.plan()
	s := j.isa
	threads := Threads()
	if j.serial {
		threads = 1
	}
	j.joinRows()
	j.plane = j.outH * j.outW
	j.spanning = j.images > 1 && j.plane < smallPlane
	taps := len(j.taps)

	// Input channels at a time: as many as fill the k of a block.
	limit := max(1, (blockK+taps/2)/taps)
	j.channels = evenBlocks(j.inC, limit, 1)
	if j.tapMajor {
		j.channels = evenBlocks(j.inC, max(limit, 4), 4)
	}
	kc := min(j.channels, j.inC) * taps

	j.columns = j.plane
	repeat := j.images
	j.direct = j.readsDirectly()
	if j.direct {
		j.spanning = false
	}
	if j.spanning {
		j.columns, repeat = j.plane*j.images, 1
	}
	limit = max(1, blockB/kc/s.width()) * s.width()
	if j.spanning {
		limit = min(limit, 8*s.width())
	}
	j.blocks = (j.columns + limit - 1) / limit
	j.chunks = 1
	if j.scratched() {
		j.chunks = (j.outC + maxChunk - 1) / maxChunk
	}
	flops := 2 * float64(j.outC) * float64(j.inC*taps) * float64(j.plane*j.images*j.groups)
	if flops < smallFlops {
		threads = 1
	}
	for threads > 1 && j.groups*repeat*j.blocks*j.chunks < 2*threads {
		// More parts for an even load: of the columns while the parts stay
		// wide, of the output channels otherwise.
		if j.columns/(j.blocks+1) >= 4*s.width() {
			j.blocks++
		} else if j.groups*repeat*j.blocks*j.chunks < threads && j.outC/(j.chunks+1) >= s.rows {
			j.chunks++
		} else {
			break
		}
	}
	unit := s.width()
	if j.columns/j.blocks < 2*unit || j.groups*repeat*j.blocks*j.chunks < 8*threads {
		unit = s.lanes
	}
	if j.direct && j.outH > 1 {
		unit = j.outW // whole rows
	}
	j.blockCols = evenBlocks(j.columns, (j.columns+j.blocks-1)/j.blocks, unit)
	j.blocks = (j.columns + j.blockCols - 1) / j.blockCols
	j.chunkRows = evenBlocks(j.outC, (j.outC+j.chunks-1)/j.chunks, s.rows)
	j.chunks = (j.outC + j.chunkRows - 1) / j.chunkRows

	parts := j.groups * repeat * j.blocks * j.chunks
	if threads == 1 {
		for i := range parts {
			j.task(i)
		}
		return
	}
	ForEach(parts, j.f)
}

// joinRows turns a convolution whose columns are consecutive throughout a
// plane into one with a single row.
func (j *convJob) joinRows() {
	if len(j.taps) == 1 && j.inside && j.sh == 1 && j.taps[0] == (shift{}) && j.inW == j.outW && j.inH == j.outH && j.dstSH == 1 && j.dstSW == 1 {
		j.outW *= j.outH
		j.inW, j.dstW, j.inH, j.outH = j.outW, j.outW, 1, 1
	}
}

// scratched reports whether results are collected in scratch memory and
// copied out when complete, since a block's columns are not consecutive in
// the destination.
func (j *convJob) scratched() bool { return j.spanning || j.dstSH != 1 || j.dstSW != 1 }

// task computes one block of columns for one chunk of output channels.
func (j *convJob) task(part int) {
	w := borrow[tileWork]()
	defer giveBack(w)
	chunk := part % j.chunks
	part /= j.chunks
	block := part % j.blocks
	part /= j.blocks
	img0, img1, group := 0, 1, part
	if !j.spanning {
		img0, group = part%j.images, part/j.images
		img1 = img0 + 1
	}
	o0, o1 := chunk*j.chunkRows, min(j.outC, (chunk+1)*j.chunkRows)
	col0, col1 := block*j.blockCols, min(j.columns, (block+1)*j.blockCols)
	row0, row1 := col0/j.outW, (col1-1)/j.outW+1
	if j.spanning {
		img0, img1 = col0/j.plane, (col1-1)/j.plane+1
		row0, row1 = 0, j.outH
	}
	n := col1 - col0

	// c(o, column) is where results are collected.
	var c []float32
	var ldc int
	if j.scratched() {
		ldc = (n + 15) &^ 15
		c = grow(&w.c, (o1-o0)*ldc)
	} else {
		c = j.dst[img0*j.dstImg+(group*j.outC+o0)*j.dstCh+col0:]
		ldc = j.dstCh
	}
	at := grow(&w.at, n)
	v := borrow[view]()
	defer giveBack(v)
	for ch := 0; ch < j.inC; ch += j.channels {
		ch1 := min(j.inC, ch+j.channels)
		v.p = j.stage(j.isa, &w.x, img0, img1, group*j.inC+ch, group*j.inC+ch1, row0, row1)
		v.offsets, v.from, v.rows = j.offsets(w, &v.p, ch1-ch), col0%j.outW, row1-row0
		v.direct = j.direct && j.fits(v, n)
		if !v.direct {
			if ch == 0 || j.direct || j.inC%j.channels != 0 && ch1 == j.inC {
				j.places(at, &v.p, img0, col0)
			}
			j.pack(w, &v.p, at, v.offsets)
		}
		j.multiply(w, v, group, o0, o1, ch, ch1, n, c, ldc, ch1 == j.inC, img0, col0)
	}
	j.finish(c, ldc, group, o0, o1, img0, col0, col1)
}

// offsets lists what every k of the block adds to a column's place, in bytes.
func (j *convJob) offsets(w *tileWork, p *staged, channels int) []int {
	list := grow(&w.tab, channels*len(j.taps))
	i := 0
	if j.tapMajor {
		for _, t := range j.taps {
			at := p.tap(t)
			for c := range channels {
				list[i] = 4 * (at + c*p.ch)
				i++
			}
		}
		return list
	}
	for c := range channels {
		for _, t := range j.taps {
			list[i] = 4 * (c*p.ch + p.tap(t))
			i++
		}
	}
	return list
}

// places lists where each column of the block starts.
func (j *convJob) places(at []int, p *staged, img0, col0 int) {
	img, col := 0, col0
	if j.spanning {
		img, col = col0/j.plane-img0, col0%j.plane
	}
	i, x := col/j.outW, col%j.outW
	base := p.at(img, i, 0)
	for l := range at {
		at[l] = base + x
		if x++; x == j.outW {
			x = 0
			if i++; i == j.outH {
				i = 0
				img++
			}
			base = p.at(img, i, 0)
		}
	}
}

// pack lays the block's part of the im2col matrix out in strips.
func (j *convJob) pack(w *tileWork, p *staged, at []int, offsets []int) {
	s := j.isa
	kc := len(offsets)
	buf := grow(&w.b, (len(at)+s.lanes-1)/s.lanes*s.lanes*kc)
	if len(j.taps) == 1 && consecutive(at) {
		s.copyStrips(buf, p.data[at[0]+offsets[0]/4:], p.ch, kc, len(at))
		return
	}
	for len(at) > 0 {
		strip := at[:min(len(at), s.width())]
		s.packStrip(&w.g, strip, &p.data[0], offsets, buf)
		at = at[len(strip):]
		if len(at) > 0 {
			buf = buf[s.width()*kc:]
		}
	}
}

// consecutive reports whether the columns of a block are one piece.
func consecutive(at []int) bool {
	for i := 1; i < len(at); i++ {
		if at[i] != at[i-1]+1 {
			return false
		}
	}
	return true
}

// multiply adds the product of the weights' rows [o0, o1) for the channels
// [ch, ch1) and the block, packed or as a view, to c.
func (j *convJob) multiply(w *tileWork, v *view, group, o0, o1, ch, ch1, n int, c []float32, ldc int, last bool, img0, col0 int) {
	s := j.isa
	t := &w.t
	taps := len(j.taps)
	kc := (ch1 - ch) * taps
	lda := j.lda
	a := j.a[group*j.aGroup:]
	w.rowsApart(lda)
	if j.tapMajor {
		a = a[ch:]
		t.runs, t.runTab, t.k = taps, &j.tapAt[0], ch1-ch
	} else {
		a = a[ch*taps:]
		t.k = kc
	}
	t.ldc = 4 * ldc
	flags := 0
	if ch > 0 {
		flags = tileAccumulate
	}
	var add []float32
	if last && !j.scratched() {
		if j.ep.Bias != nil {
			flags |= tileBias
		}
		if j.ep.Add != nil {
			flags |= tileAdd
			add = j.ep.Add[img0*j.dstImg+(group*j.outC+o0)*j.dstCh+col0:]
		}
		if j.ep.Act.Kind == ActReLU {
			flags |= tileReLU
		}
	}
	t.flags = flags
	for o := o0; o < o1; o += s.rows {
		rows := min(s.rows, o1-o)
		t.a = &a[o*lda]
		if flags&tileBias != 0 {
			t.bias = &j.ep.Bias[group*j.outC+o]
		}
		var sum []float32
		if add != nil {
			sum = add[(o-o0)*ldc:]
		}
		if v.direct {
			j.alongView(w, v, rows, n, c[(o-o0)*ldc:], sum)
		} else {
			w.alongStrips(s, rows, w.b, kc, n, c[(o-o0)*ldc:], sum)
		}
	}
}

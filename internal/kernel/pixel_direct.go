package kernel

// pixelDirect multiplies pixels by weights where both lie: a tile of output
// pixels by a strip of output channels stays in registers while the taps and
// their channels go by. It does any kernel, stride, dilation, padding and
// number of groups.
//
// Prepared weights are strips of up to four vectors of output channels, in a
// strip k in the order (kernel row, kernel column, input channel), each k a
// row of the strip's width.
var pixelDirect = PixelConv{
	Name: "direct",
	Fits: func(c Conv) bool {
		c = c.normal()
		return !c.spread() && isa != nil && c.C > 0 && c.O > 0 && (c.Groups == 1 || c.C/c.Groups >= 4)
	},
	Cost: pixelDirectCost,
	Prepared: func(c Conv) int {
		j := directJob{isa: currentTiles(), c: c.normal()}
		j.cut()
		return j.c.Groups * j.groupFloats
	},
	Prepare: pixelDirectPrepare,
	Run: func(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels) {
		c = c.normal()
		if c.N == 0 || c.OutH()*c.OutW() == 0 {
			return
		}
		j := borrow[directJob]()
		defer giveBack(j)
		j.isa, j.c, j.x, j.w, j.ep, j.y = currentTiles(), c, x, prepared, ep, y
		j.run()
	},
}

// How the input's pixels are found.
const (
	directEven    = iota // 1×1: pixel r is pixel r of the input
	directPlaced         // each output pixel has a place in the input
	directStaged         // or in a padded copy
	directTapwise        // every tap has one, or stands on zeros
)

// directJob is a convolution on its way.
type directJob struct {
	isa  *tileSet
	c    Conv
	x, y Pixels
	w    []float32
	ep   PixelEpilogue

	inC, outC   int // of a group
	outH, outW  int
	strips      int // of a group
	groupFloats int // prepared weights of a group

	how          int
	runs, runLen int // kernel rows or taps, and the k of each
	rows         int // output pixels of all images
	threads      int
	alone        bool // on one thread, whatever there are
	cuts         *pixelCut
	zeros        []float32
	f            func(part int)
}

func (j *directJob) made() { j.f = j.task }

func (j *directJob) cleared() { *j = directJob{zeros: j.zeros, f: j.f} }

// cut derives the sizes of a group and its strips from the geometry.
func (j *directJob) cut() {
	c, s := j.c, j.isa
	j.inC, j.outC = c.C/c.Groups, c.O/c.Groups
	j.outH, j.outW = c.OutH(), c.OutW()
	vecs := (j.outC + s.lanes - 1) / s.lanes
	j.strips = s.strips(vecs)
	j.groupFloats = vecs * s.lanes * c.KH * c.KW * j.inC
}

func pixelDirectPrepare(c Conv, w, dst []float32) {
	j := directJob{isa: currentTiles(), c: c.normal()}
	j.cut()
	s, taps := j.isa, j.c.KH*j.c.KW
	k := taps * j.inC
	ForEach(j.c.Groups*j.strips, func(part int) {
		g := part / j.strips
		vec, vecs := j.strip(part % j.strips)
		o, width := vec*s.lanes, vecs*s.lanes
		n := min(width, j.outC-o)
		src := w[(g*j.outC+o)*k:]
		out := dst[g*j.groupFloats+o*k:][:width*k]
		if taps == 1 {
			s.transposeTo(out, width, src, k, n, k, true)
			return
		}
		// A few channels at a time are turned round with all their taps, then
		// the taps parted.
		const few = 16
		buf := scratch32.take(few * taps * width)
		for ch := 0; ch < j.inC; ch += few {
			m := min(few, j.inC-ch)
			s.transposeTo(buf, width, src[ch*taps:], k, n, m*taps, true)
			for i := range m * taps {
				copy(out[(i%taps*j.inC+ch+i/taps)*width:][:width], buf[i*width:])
			}
		}
		scratch32.give(buf)
	})
}

// strip returns the first vector of a group's strip and its width.
func (j *directJob) strip(i int) (vec, vecs int) {
	return j.isa.strip(i, j.strips, (j.outC+j.isa.lanes-1)/j.isa.lanes)
}

// What is worked on at a time, in floats: a strip of weights in half of the
// first cache, the input and the result of a part in half of the second; a
// quarter of that is taken to be there from the operation before.
var (
	directStrip  = caches.l1 / 8
	directBlock  = caches.l2 / 8
	directStream = caches.l2 / 16
)

const (
	directPartFlops = 4 << 20 // of a part, if the threads have one each
	directTable     = 1 << 13 // entries of a part's table
	directRows      = 64      // a part has so many rows, if there are
	directWhole     = 1 << 9  // k of a strip that is not cut where the input is read first
)

// run cuts the work and does it.
func (j *directJob) run() {
	j.cut()
	j.plan()
	if j.how == directTapwise && cap(j.zeros) < j.c.C {
		j.zeros = make([]float32, j.c.C)
	}
	parts := j.c.Groups * len(j.cuts.parts)
	if j.cuts.threads == 1 {
		for part := range parts {
			j.task(part)
		}
		return
	}
	ForEach(parts, j.f)
}

// plan chooses how the input is read and how the work is cut.
func (j *directJob) plan() {
	c := j.c
	taps := c.KH * c.KW
	padded := c.PH > 0 || c.PW > 0
	dense := c.DW == 1 && c.Groups == 1
	j.runs, j.runLen = taps, j.inC
	j.rows = c.N * j.outH * j.outW
	switch {
	case !padded && taps == 1 && c.SH == 1 && c.SW == 1:
		j.how = directEven
	case !padded:
		j.how = directPlaced
		if dense && j.x.Stride == c.C {
			j.runs, j.runLen = c.KH, c.KW*c.C
		}
	case c.Groups == 1 && !c.spread() && c.SH*c.SW*c.C < 20*taps:
		j.how = directStaged
		if dense {
			j.runs, j.runLen = c.KH, c.KW*c.C
		}
	default:
		j.how = directTapwise
	}

	j.threads = Threads()
	if j.alone || 2*float64(j.rows)*float64(c.O)*float64(taps*j.inC) < smallFlops {
		j.threads = 1
	}
	j.cuts = j.findCut()
}

// task computes a part: a block of pixels for some of a group's strips.
func (j *directJob) task(part int) {
	w := borrow[pixelWork]()
	defer giveBack(w)
	p, g := j.cuts.parts[part%len(j.cuts.parts)], part/len(j.cuts.parts)
	row0, row1, from, to := p.row0, p.row1, p.strip0, p.strip1
	j.place(w, row0, row1)
	for i := from; i < to; i++ {
		j.strip1(w, g, i, row0, row1, i == from)
	}
	if a := j.ep.Act.Kind; a != ActIdentity && a != ActReLU && a != ActReLU6 {
		first, _ := j.strip(from)
		last, vecs := j.strip(to - 1)
		o0, o1 := first*j.isa.lanes, min(j.outC, (last+vecs)*j.isa.lanes)
		j.activate(g*j.outC+o0, g*j.outC+o1, row0, row1)
	}
}

// activate applies the activation to channels [o0, o1) of finished pixels.
func (j *directJob) activate(o0, o1, row0, row1 int) {
	stride := j.y.Stride
	if o1-o0 == stride {
		y := j.y.Data[row0*stride : row1*stride]
		actRange(j.ep.Act, y, y)
		return
	}
	for r := row0; r < row1; r++ {
		y := j.y.Data[r*stride+o0 : r*stride+o1]
		actRange(j.ep.Act, y, y)
	}
}

// strip1 computes one strip for output pixels [row0, row1): block by block of
// k, so that the strip's part stays in the first cache while the pixels go by.
func (j *directJob) strip1(w *pixelWork, g, i, row0, row1 int, first bool) {
	s, t := j.isa, &w.t
	vec, vecs := j.strip(i)
	o, width := vec*s.lanes, vecs*s.lanes
	weights := j.w[g*j.groupFloats+o*j.runs*j.runLen:]
	t.mask = s.mask(min(s.lanes, j.outC-o-width+s.lanes))
	o += g * j.outC
	if j.ep.Bias != nil {
		t.bias = &j.ep.Bias[o]
	}
	begin, end := 0, 0
	if j.ep.Bias != nil {
		begin |= tileBias
	}
	if j.ep.Add.Data != nil {
		begin |= tileAdd
	}
	switch j.ep.Act.Kind {
	case ActReLU:
		end |= tileReLU
	case ActReLU6:
		end |= tileReLU | tileCap
		t.cap = 6
	}
	limit := directStrip / width
	// Either the weights are asked for ahead of their use, or the input where
	// there is more of it, which may come from afar the first time.
	fresh := first && j.how == directEven && j.rows*j.c.C > max(len(j.w), directStream)
	if fresh {
		limit = max(limit, directWhole)
	}
	if k := j.runs * j.runLen; k < limit+limit/2 {
		limit = k
	}
	runs, cut := 1, evenBlocks(j.runLen, limit, 4)
	if j.runLen <= limit {
		cut = j.runLen
		runs = evenBlocks(j.runs, limit/j.runLen, 1)
	}
	flags := begin
	for r := 0; r < j.runs; r += runs {
		t.runs = min(runs, j.runs-r)
		for k := 0; k < j.runLen; k += cut {
			t.k = min(cut, j.runLen-k)
			from, to := (r*j.runLen+k)*width, min(len(weights), (r*j.runLen+k+t.k*t.runs)*width)
			t.b = &weights[from]
			t.ahead, t.aheadEnd = t.b, t.b
			if !fresh && to < len(weights) {
				t.ahead, t.aheadEnd = &weights[to], &weights[min(2*to-from, len(weights)-1)]
			}
			t.flags = flags
			if r+t.runs == j.runs && k+t.k == j.runLen {
				t.flags |= end
			}
			t.runTab = &w.runTab[r]
			j.tiles(w, g*j.inC+k, o, r, row0, row1, vecs, fresh)
			flags = tileAccumulate
		}
	}
}

// tiles multiplies the pixels by what the tile says of B, in tiles of nearly
// the same height, from input channel (or float of a run) in to output
// channel o on.
func (j *directJob) tiles(w *pixelWork, in, o, run, row0, row1, vecs int, fresh bool) {
	n, most := row1-row0, j.isa.pixelRows[vecs]
	count := (n + most - 1) / most
	low := n / count
	high := n - low*count // tiles of a row more
	t := &w.t
	t.ldc, t.ldadd = 4*j.y.Stride, 4*j.ep.Add.Stride
	for at, rows := 0, low+1; at < n; rows-- {
		t.count = high
		if rows == low {
			t.count = count - high
		}
		if t.count == 0 {
			continue
		}
		switch j.how {
		case directEven:
			t.a, t.tab = &j.x.Data[(row0+at)*j.x.Stride+in], &w.tab[0]
			t.tabRun, t.stepTab, t.stepA = 0, 0, 4*rows*j.x.Stride
			if fresh { // the pixels after the next tile
				end := row1*j.x.Stride - j.x.Stride
				t.ahead, t.aheadEnd = &j.x.Data[min((row0+at+2*rows)*j.x.Stride, end)], &j.x.Data[end]
			}
		case directTapwise:
			t.a, t.tab = &j.x.Data[in], &w.tab[run*n+at]
			t.tabRun, t.stepTab, t.stepA = 8*n, 8*rows, 0
		default:
			data := j.x.Data
			if j.how == directStaged {
				data = w.staged
			}
			t.a, t.tab = &data[in], &w.tab[at]
			t.tabRun, t.stepTab, t.stepA = 0, 8*rows, 0
		}
		t.c, t.stepC = &j.y.Data[(row0+at)*j.y.Stride+o], rows*t.ldc
		if t.flags&tileAdd != 0 {
			t.add, t.stepAdd = &j.ep.Add.Data[(row0+at)*j.ep.Add.Stride+o], rows*t.ldadd
		}
		j.isa.pixelTiles[vecs][rows](t)
		at += rows * t.count
	}
}

// runDirectAlone is Run of pixelDirect on the caller's thread alone, as a part
// of something larger.
func runDirectAlone(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels) {
	j := borrow[directJob]()
	defer giveBack(j)
	j.isa, j.c, j.alone = currentTiles(), c.normal(), true
	j.x, j.w, j.ep, j.y = x, prepared, ep, y
	j.run()
}

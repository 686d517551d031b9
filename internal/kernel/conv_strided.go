package kernel

// stridedJob is a convolution with strides between few channels, forward or
// for the gradient of the input, on planes laid out flat: the micro-kernels
// read them where they lie, their tiles are full however short the rows are,
// and all remainders modulo the stride come from one staged block.
type stridedJob struct {
	flatPlane
	c          Conv
	inC, outC  int // channels read and written
	taps       []flatTap
	ends       []int // of the taps for each remainder of the output
	src, dst   []float32
	a          []float32 // for each remainder a matrix of outC rows; k is (channel, tap)
	ep         Epilogue[float32]
	data       bool
	blockCount int
}

const (
	stridedBlock    = 80 << 10 // floats of a block: it stays in the second cache
	stridedChannels = 64       // the most of a gradient: more pay for packing
)

// stridedForward is a forward pass if it is one of these; otherwise it does
// nothing and returns false.
func stridedForward(s *tileSet, c Conv, x, w []float32, ep Epilogue[float32], y []float32) bool {
	if !c.stridedSmall() || c.O > stridedChannels/2 || c.C < 8 {
		return false
	}
	j := &stridedJob{flatPlane: c.forwardPlane(s), c: c, inC: c.C, outC: c.O, src: x, dst: y, a: w, ep: ep}
	j.taps = c.forwardTaps(nil)
	j.ends = []int{len(j.taps)}
	if !j.cut() {
		return false
	}
	ForEach(j.blockCount, j.task)
	return true
}

// stridedData is the same for the gradient of the input.
func stridedData(s *tileSet, c Conv, dy, w, dx []float32) bool {
	if !c.stridedSmall() || c.C > stridedChannels {
		return false
	}
	j := &stridedJob{flatPlane: c.dataPlane(s), c: c, inC: c.O, outC: c.C, src: dy, dst: dx, data: true}
	j.taps, j.ends = c.dataTaps()
	if !j.cut() {
		return false
	}
	kernel := c.KH * c.KW
	a := scratch32.take(c.O * c.C * len(j.taps))
	defer scratch32.give(a)
	j.a = a
	first := 0
	for _, end := range j.ends {
		taps := j.taps[first:end]
		for i := range c.C {
			for o := range c.O {
				from := w[(o*c.C+i)*kernel:]
				for k, t := range taps {
					a[k] = from[t.weight]
				}
				a = a[len(taps):]
			}
		}
		first = end
	}
	ForEach(j.blockCount, j.task)
	return true
}

// stridedSmall reports whether the geometry is one that a stridedJob does.
func (c Conv) stridedSmall() bool {
	return c.Groups == 1 && c.SH*c.SW > 1 && c.SH*c.SW <= 4 && c.KH >= c.SH && c.KW >= c.SW && c.KH*c.KW <= 64
}

// cut plans the blocks. It returns false if too much of them would be padding.
func (j *stridedJob) cut() bool {
	each := j.inC*j.phases() + j.outC*len(j.ends)
	for block := max(stridedBlock/each, 3*j.isa.width()); ; block /= 2 {
		j.plan(j.taps, j.c.N, block, 0, 0)
		j.blockCount = j.blocks(j.c.N)
		if j.blockCount >= 2*Threads() || block < 4*j.isa.width() {
			break
		}
	}
	if 2*each*j.pitch > 2*stridedBlock || j.pitch*j.height*3 > j.outH*j.outW*4 {
		return false
	}
	return j.blockRows == j.outH || j.blockRows >= 2*(j.maxRow-j.minRow)
}

// task computes one block.
func (j *stridedJob) task(part int) {
	s := j.isa
	w := borrow[tileWork]()
	defer giveBack(w)
	b := j.block(part, j.c.N)
	channel := j.phases() * j.size
	buf := grow(&w.x, j.inC*channel)
	clear(buf)
	plane := j.h * j.w
	for ch := range j.inC {
		j.stage(buf[ch*channel:][:channel], j.src[ch*plane:], j.inC*plane, b)
	}
	n := j.positions(b.img1-b.img0, b.row1-b.row0)
	ld := (n + s.width() + 15) &^ 15
	out := grow(&w.c, len(j.ends)*j.outC*ld)
	a, first := j.a, 0
	for i, end := range j.ends {
		if end == first { // no tap reaches these
			clear(out[i*j.outC*ld:][:j.outC*ld])
			continue
		}
		j.multiply(w, j.taps[first:end], a, buf, out[i*j.outC*ld:], n, ld)
		a, first = a[j.outC*j.inC*(end-first):], end
	}
	for img := b.img0; img < b.img1; img++ {
		at := (img - b.img0) * j.height * j.pitch
		for o := range j.outC {
			if src := out[o*ld+at:]; j.data {
				size := j.c.H * j.c.W
				j.c.unphase(s, j.dst[(img*j.outC+o)*size:][:size], src, j.outC*ld, j.pitch, b)
			} else {
				j.unpad(&j.ep, o, (img*j.outC+o)*j.outH*j.outW, src, j.dst, b)
			}
		}
	}
}

// multiply makes n results of each output channel from some taps.
func (j *stridedJob) multiply(w *tileWork, taps []flatTap, a, x, out []float32, n, ld int) {
	s, t := j.isa, &w.t
	channel, lda := j.phases()*j.size, j.inC*len(taps)
	channels := evenBlocks(j.inC, max(1, blockK/len(taps)), 1)
	places := grow(&w.tab, channels*len(taps))
	for i := range places {
		places[i] = 4 * (i/len(taps)*channel + j.place(taps[i%len(taps)]))
	}
	w.rowsApart(lda)
	t.offsets, t.ldc = &places[0], 4*ld
	for ch := 0; ch < j.inC; ch += channels {
		t.k, t.flags = min(channels, j.inC-ch)*len(taps), 0
		if ch > 0 {
			t.flags = tileAccumulate
		}
		for o := 0; o < j.outC; o += s.rows {
			t.a = &a[o*lda+ch*len(taps)]
			j.sum(t, min(s.rows, j.outC-o), n, x[ch*channel:], out[o*ld:])
		}
	}
}

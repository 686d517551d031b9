package kernel

// Depthwise convolutions: every channel is an image of its own, so there is
// no product of matrices to make of it. Instead the planes are laid out flat:
// padded with zeros such that the end of a row is the padding of the next
// one's start, as the bottom of an image is of the next one's top. Then a tap
// adds the same to the place of every output position of several images, and
// the whole convolution is one of vectors:
//
//	y[q] = Σ_t w[t] · x[q + at(t)]
//
// The results between the rows are of no use. With strides the plane is split
// by the remainders of its rows and columns, one flat plane each; a gradient
// of the input is split so on the other side.

// depthwise reports whether every group has one input channel, and strides do
// not ask for too many planes.
func (c Conv) depthwise() bool { return c.Groups > 1 && c.C == c.Groups && c.SH*c.SW <= 16 }

// depthwiseForward is ConvForward where every group has one input channel.
func depthwiseForward(s *tileSet, c Conv, x, w []float32, ep Epilogue[float32], y []float32) {
	p := c.forwardPlane(s)
	taps := c.forwardTaps(nil)
	p.plan(taps, c.N, flatBlock/p.phases(), 0, 0)
	per := c.O / c.C
	blocks, plane := p.blocks(c.N), c.OutH()*c.OutW()
	Parallel(c.O*blocks, p.grain(len(taps)), func(lo, hi int) {
		work := borrow[tileWork]()
		defer giveBack(work)
		buf := grow(&work.x, p.phases()*p.size)
		clear(buf)
		out := grow(&work.c, p.positions(p.images, p.blockRows)+s.width())
		places := grow(&work.tab, len(taps))
		for i, t := range taps {
			places[i] = 4 * p.place(t)
		}
		t := &work.t
		work.rowsApart(0)
		t.k, t.offsets = len(taps), &places[0]
		for i := lo; i < hi; i++ {
			o, b := i%c.O, p.block(i/c.O, c.N)
			p.stage(buf, x[o/per*c.H*c.W:], c.C*c.H*c.W, b)
			t.a = &w[o*len(taps)]
			p.sum(t, 1, p.positions(b.img1-b.img0, b.row1-b.row0), buf, out)
			for img := b.img0; img < b.img1; img++ {
				p.unpad(&ep, o, (img*c.O+o)*plane, out[(img-b.img0)*p.height*p.pitch:], y, b)
			}
		}
	})
}

// grain is how many blocks are worth a second thread.
func (p *flatPlane) grain(taps int) int {
	return smallFlops/(2*taps*p.images*p.height*p.pitch) + 1
}

// depthwiseData is ConvBackwardData where every group has one channel on
// either side.
func depthwiseData(s *tileSet, c Conv, dy, w, dx []float32) {
	oh, ow := c.OutH(), c.OutW()
	p := c.dataPlane(s)
	taps, ends := c.dataTaps()
	phases := len(ends)
	p.plan(taps, c.N, flatBlock, 0, 0)
	blocks, kernel := p.blocks(c.N), c.KH*c.KW
	Parallel(c.C*blocks, p.grain(kernel), func(lo, hi int) {
		work := borrow[tileWork]()
		defer giveBack(work)
		buf := grow(&work.x, p.size)
		clear(buf)
		each := p.positions(p.images, p.blockRows) + s.width()
		out := grow(&work.c, phases*each)
		clear(out)
		weights := grow(&work.a, len(taps))
		places := grow(&work.tab, len(taps))
		for i, t := range taps {
			places[i] = 4 * p.place(t)
		}
		t := &work.t
		work.rowsApart(0)
		for i := lo; i < hi; i++ {
			ch, b := i%c.C, p.block(i/c.C, c.N)
			p.stage(buf, dy[ch*oh*ow:], c.C*oh*ow, b)
			for i, t := range taps {
				weights[i] = w[ch*kernel+t.weight]
			}
			for i, first := 0, 0; i < phases; first, i = ends[i], i+1 {
				if t.k = ends[i] - first; t.k > 0 { // else zeros, for all blocks
					t.a, t.offsets = &weights[first], &places[first]
					p.sum(t, 1, p.positions(b.img1-b.img0, b.row1-b.row0), buf, out[i*each:])
				}
			}
			for img := b.img0; img < b.img1; img++ {
				src := out[(img-b.img0)*p.height*p.pitch:]
				c.unphase(s, dx[(img*c.C+ch)*c.H*c.W:][:c.H*c.W], src, each, p.pitch, b)
			}
		}
	})
}

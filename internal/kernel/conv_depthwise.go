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

// flatTap is one tap of a flat convolution.
type flatTap struct {
	weight   int // index of the kernel tap
	phase    int // plane that is read
	row, col int // what it adds to the position
}

// flatPlane is the geometry of planes laid out flat.
type flatPlane struct {
	isa *tileSet

	// What is read: images of h rows and w columns, split by remainders
	// modulo sh and sw.
	h, w, sh, sw int
	rows, cols   int // of a phase, as far as they are read

	outH, outW             int // most output positions of a plane
	minRow, maxRow, maxCol int
	pitch, height          int // of a row and of an image, laid out
	lead, size             int // of a phase: what comes before its first row, and in all

	images, blockRows int // of a block: whole images, or rows of one
}

const flatBlock = 4096 // positions of a block: it stays in the first cache

// plan derives the geometry from the taps. Reads of slack further rows and
// columns on either side stay inside.
func (p *flatPlane) plan(taps []flatTap, images, slackRows, slackCols int) {
	minCol := 0
	p.minRow, p.maxRow, p.maxCol = 0, 0, 0
	for _, t := range taps {
		p.minRow, p.maxRow = min(p.minRow, t.row), max(p.maxRow, t.row)
		minCol, p.maxCol = min(minCol, t.col), max(p.maxCol, t.col)
	}
	p.rows = min((p.h+p.sh-1)/p.sh, p.outH+p.maxRow)
	p.cols = min((p.w+p.sw-1)/p.sw, p.outW+p.maxCol)
	p.pitch = max(p.cols-minCol, p.outW+p.maxCol)
	p.height = max(p.rows-p.minRow, p.outH+p.maxRow)
	block := max(1, flatBlock/(p.sh*p.sw))
	p.images, p.blockRows = 1, p.outH
	if plane := p.height * p.pitch; plane <= block {
		p.images = min(images, block/plane)
		p.images = evenBlocks(images, p.images, 1)
	} else {
		p.blockRows = evenBlocks(p.outH, max(1, block/p.pitch), 1)
	}
	p.lead = (slackRows-p.minRow)*p.pitch - minCol + slackCols
	staged := p.images * p.height
	if p.blockRows < p.outH {
		staged = p.blockRows + p.maxRow
	}
	p.size = p.lead + (staged+p.maxRow+slackRows+1)*p.pitch + p.maxCol + slackCols + 2*p.isa.width()
}

// phases is the number of planes that are read.
func (p *flatPlane) phases() int { return p.sh * p.sw }

// place is what a tap adds to a position, in floats.
func (p *flatPlane) place(t flatTap) int { return t.phase*p.size + t.row*p.pitch + t.col }

// positions is the length of the result of a block.
func (p *flatPlane) positions(images, rows int) int {
	return ((images-1)*p.height+rows-1)*p.pitch + p.outW
}

// flatPart is a part of the work: rows [row0, row1) of the output planes of
// images [img0, img1).
type flatPart struct{ img0, img1, row0, row1 int }

// blocks is the number of blocks of a channel.
func (p *flatPlane) blocks(images int) int {
	return (images + p.images - 1) / p.images * ((p.outH + p.blockRows - 1) / p.blockRows)
}

func (p *flatPlane) block(i, images int) flatPart {
	rowBlocks := (p.outH + p.blockRows - 1) / p.blockRows
	img, row := i/rowBlocks*p.images, i%rowBlocks*p.blockRows
	return flatPart{img, min(images, img+p.images), row, min(p.outH, row+p.blockRows)}
}

// stage lays a block out in buf, which held nothing but zeros and blocks of
// the same geometry before. src is the channel of the first image; images are
// step apart.
func (p *flatPlane) stage(buf, src []float32, step int, b flatPart) {
	from, to := 0, p.rows // rows of each phase
	if p.blockRows < p.outH {
		from, to = b.row0+p.minRow, b.row1+p.maxRow
	}
	for img := range b.img1 - b.img0 {
		x := src[(b.img0+img)*step:]
		at := p.lead + img*p.height*p.pitch
		for r := from; r < to; r++ {
			for i := range p.sh {
				line := buf[i*p.sw*p.size+at+(r-b.row0)*p.pitch:]
				if y := r*p.sh + i; y >= 0 && y < p.h && r < p.rows {
					p.stageRow(line, x[y*p.w:(y+1)*p.w])
					continue
				}
				for j := range p.sw {
					clear(line[j*p.size:][:p.cols])
				}
			}
		}
	}
}

// stageRow writes a row to its places in the planes of all remainders.
func (p *flatPlane) stageRow(line, src []float32) {
	switch p.sw {
	case 1:
		copy(line[:p.cols], src)
	case 2:
		p.isa.split(line, line[p.size:], src[:min(len(src), 2*p.cols)])
	default:
		for j := range p.sw {
			out := line[j*p.size:]
			for k := 0; k < p.cols && k*p.sw+j < len(src); k++ {
				out[k] = src[k*p.sw+j]
			}
		}
	}
}

// sum computes the first n results of one output plane.
func (p *flatPlane) sum(t *tile, n int, x, y []float32) {
	s := p.isa
	width := s.width()
	t.mask = s.mask(s.lanes)
	t.b, t.c = &x[p.lead], &y[0]
	t.stepA, t.stepB, t.stepC = 0, 4*width, 4*width
	if t.count = n / width; t.count > 0 {
		s.directTiles[1][3](t)
	}
	if at := n / width * width; at < n {
		t.b, t.c, t.count = &x[p.lead+at], &y[at], 1
		s.directTiles[1][(n-at+s.lanes-1)/s.lanes](t)
	}
}

// depthwise reports whether every group has one input channel, and strides do
// not ask for too many planes.
func (c Conv) depthwise() bool { return c.Groups > 1 && c.C == c.Groups && c.SH*c.SW <= 16 }

// forwardTaps lists the taps of a depthwise forward pass, whose input is split
// by the stride.
func (c Conv) forwardTaps(taps []flatTap) []flatTap {
	for i := range c.KH * c.KW {
		y, x := i/c.KW*c.DH-c.PH, i%c.KW*c.DW-c.PW
		row, col := floorDiv(y, c.SH), floorDiv(x, c.SW)
		taps = append(taps, flatTap{i, (y-row*c.SH)*c.SW + x - col*c.SW, row, col})
	}
	return taps
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// forwardPlane is the geometry of the input of a depthwise forward pass.
func (c Conv) forwardPlane(s *tileSet) flatPlane {
	return flatPlane{isa: s, h: c.H, w: c.W, sh: c.SH, sw: c.SW, outH: c.OutH(), outW: c.OutW()}
}

// depthwiseForward is ConvForward where every group has one input channel.
func depthwiseForward(s *tileSet, c Conv, x, w []float32, ep Epilogue[float32], y []float32) {
	p := c.forwardPlane(s)
	taps := c.forwardTaps(nil)
	p.plan(taps, c.N, 0, 0)
	per := c.O / c.C
	blocks, plane := p.blocks(c.N), c.OutH()*c.OutW()
	Parallel(c.O*blocks, p.grain(len(taps)), func(lo, hi int) {
		work := takeTileWork()
		defer giveTileWork(work)
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
			p.sum(t, p.positions(b.img1-b.img0, b.row1-b.row0), buf, out)
			for img := b.img0; img < b.img1; img++ {
				at := (img*c.O+o)*plane + b.row0*p.outW
				dst := y[at:][:(b.row1-b.row0)*p.outW]
				src := out[(img-b.img0)*p.height*p.pitch:]
				for r := range b.row1 - b.row0 {
					copy(dst[r*p.outW:(r+1)*p.outW], src[r*p.pitch:])
				}
				finishRow(&ep, o, at, dst)
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
	p := flatPlane{isa: s, h: oh, w: ow, sh: 1, sw: 1, outH: (c.H + c.SH - 1) / c.SH, outW: (c.W + c.SW - 1) / c.SW}
	// Taps sorted by the remainder of the positions that they reach.
	var taps []flatTap
	phases := min(c.SH, c.H) * min(c.SW, c.W)
	ends := make([]int, phases)
	for i := range phases {
		a, b := i/min(c.SW, c.W), i%min(c.SW, c.W)
		for k := range c.KH * c.KW {
			y, x := a+c.PH-k/c.KW*c.DH, b+c.PW-k%c.KW*c.DW
			if y%c.SH == 0 && x%c.SW == 0 {
				taps = append(taps, flatTap{k, 0, y / c.SH, x / c.SW})
			}
		}
		ends[i] = len(taps)
	}
	p.plan(taps, c.N, 0, 0)
	blocks, kernel := p.blocks(c.N), c.KH*c.KW
	Parallel(c.C*blocks, p.grain(kernel), func(lo, hi int) {
		work := takeTileWork()
		defer giveTileWork(work)
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
					p.sum(t, p.positions(b.img1-b.img0, b.row1-b.row0), buf, out[i*each:])
				}
			}
			for img := b.img0; img < b.img1; img++ {
				src := out[(img-b.img0)*p.height*p.pitch:]
				c.unphase(s, dx[(img*c.C+ch)*c.H*c.W:][:c.H*c.W], src, each, p.pitch, b)
			}
		}
	})
}

// unphase writes rows of a gradient that is split by remainders, each phases
// apart, to their places.
func (c Conv) unphase(s *tileSet, dx, src []float32, each, pitch int, b flatPart) {
	for y := b.row0 * c.SH; y < min(c.H, b.row1*c.SH); y++ {
		line := dx[y*c.W : (y+1)*c.W]
		from := src[y%c.SH*min(c.SW, c.W)*each+(y/c.SH-b.row0)*pitch:]
		if c.SW == 1 {
			copy(line, from)
			continue
		}
		for x := range min(c.SW, c.W) {
			n := (c.W - x + c.SW - 1) / c.SW
			if c.SW == 2 {
				s.spread(line[x:], from[x*each:][:n])
				continue
			}
			for i, v := range from[x*each:][:n] {
				line[x+i*c.SW] = v
			}
		}
	}
}

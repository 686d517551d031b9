package kernel

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

const flatBlock = 4096 // positions of a depthwise block: it stays in the first cache

// plan derives the geometry from the taps, for blocks of about so many
// positions. Reads of slack further rows and columns on either side stay
// inside.
func (p *flatPlane) plan(taps []flatTap, images, block, slackRows, slackCols int) {
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

// sum computes the first n results of so many output planes.
func (p *flatPlane) sum(t *tile, rows, n int, x, y []float32) {
	s := p.isa
	width := s.width()
	t.mask = s.mask(s.lanes)
	t.b, t.c = &x[p.lead], &y[0]
	t.stepA, t.stepB, t.stepC = 0, 4*width, 4*width
	if t.count = n / width; t.count > 0 {
		s.directTiles[rows][3](t)
	}
	if at := n / width * width; at < n {
		t.b, t.c, t.count = &x[p.lead+at], &y[at], 1
		s.directTiles[rows][(n-at+s.lanes-1)/s.lanes](t)
	}
}

// forwardTaps lists the taps of a forward pass, whose input is split
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

// forwardPlane is the geometry of the input of a forward pass.
func (c Conv) forwardPlane(s *tileSet) flatPlane {
	return flatPlane{isa: s, h: c.H, w: c.W, sh: c.SH, sw: c.SW, outH: c.OutH(), outW: c.OutW()}
}

// dataTaps lists the taps of the gradient of the input: those that reach the
// positions of one remainder modulo the stride, one remainder after the other,
// with the end of each.
func (c Conv) dataTaps() (taps []flatTap, ends []int) {
	w := min(c.SW, c.W)
	for i := range min(c.SH, c.H) * w {
		for k := range c.KH * c.KW {
			y, x := i/w+c.PH-k/c.KW*c.DH, i%w+c.PW-k%c.KW*c.DW
			if y%c.SH == 0 && x%c.SW == 0 {
				taps = append(taps, flatTap{k, 0, y / c.SH, x / c.SW})
			}
		}
		ends = append(ends, len(taps))
	}
	return taps, ends
}

// dataPlane is the geometry of the result's gradient.
func (c Conv) dataPlane(s *tileSet) flatPlane {
	return flatPlane{isa: s, h: c.OutH(), w: c.OutW(), sh: 1, sw: 1, outH: (c.H + c.SH - 1) / c.SH, outW: (c.W + c.SW - 1) / c.SW}
}

// unpad writes the rows of a result to channel ch of y, whose plane starts at
// place at, and does the rest of the epilogue.
func (p *flatPlane) unpad(ep *Epilogue[float32], ch, at int, src, y []float32, b flatPart) {
	at += b.row0 * p.outW
	dst := y[at:][:(b.row1-b.row0)*p.outW]
	for r := range b.row1 - b.row0 {
		copy(dst[r*p.outW:(r+1)*p.outW], src[r*p.pitch:])
	}
	finishRow(ep, ch, at, dst)
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

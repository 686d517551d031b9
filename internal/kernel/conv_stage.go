package kernel

// shift is where a kernel tap reads, relative to an output position times the
// stride; padding is folded in.
type shift struct{ row, col int }

// receptive is the part of a convolution that says which input a result needs:
// output position (i, j) reads the input at (i·sh + row, j·sw + col) for every
// shift, and zero outside.
type receptive struct {
	src            []float32
	srcImg, srcCh  int // distance of images and of channels
	inH, inW       int
	outH, outW     int
	sh, sw         int
	taps           []shift
	minRow, maxRow int // over the taps
	minCol, maxCol int
	inside         bool // every read hits the image and columns are consecutive
}

// plan derives the extents from the taps.
func (v *receptive) plan() {
	v.minRow, v.maxRow = v.taps[0].row, v.taps[0].row
	v.minCol, v.maxCol = v.taps[0].col, v.taps[0].col
	for _, t := range v.taps[1:] {
		v.minRow, v.maxRow = min(v.minRow, t.row), max(v.maxRow, t.row)
		v.minCol, v.maxCol = min(v.minCol, t.col), max(v.maxCol, t.col)
	}
	v.inside = v.sw == 1 && v.minRow >= 0 && v.minCol >= 0 &&
		(v.outH-1)*v.sh+v.maxRow < v.inH && v.outW-1+v.maxCol < v.inW
}

// staged is a piece of the input in which every read of a block of output
// rows is an address: padded with zeros, the columns of each row sorted by
// their remainder modulo the stride so that neighbours in the output are
// neighbours here. Where nothing needs to be done it is the input itself.
type staged struct {
	data          []float32
	img, ch, row  int // distances
	rowStep       int // between output rows
	phase         int // between column remainders
	firstRow      int // output row of data's start
	minRow, minCo int
	sw            int
}

// at is the place of output position (i, j) of image n.
func (p *staged) at(n, i, j int) int { return n*p.img + (i-p.firstRow)*p.rowStep + j }

// tap is what a shift adds to the place.
func (p *staged) tap(t shift) int {
	z := t.col - p.minCo
	return (t.row-p.minRow)*p.row + z%p.sw*p.phase + z/p.sw
}

// stageSlack lets whole vectors be read at the end of a staged piece.
const stageSlack = 64

// stage prepares output rows [row0, row1) of images [img0, img1) and channels
// [ch0, ch1), in buf if a copy is needed.
func (v *receptive) stage(s *tileSet, buf *[]float32, img0, img1, ch0, ch1, row0, row1 int) staged {
	if v.inside {
		base := img0*v.srcImg + ch0*v.srcCh + (row0*v.sh+v.minRow)*v.inW + v.minCol
		return staged{
			data: v.src[base:], img: v.srcImg, ch: v.srcCh, row: v.inW,
			rowStep: v.sh * v.inW, firstRow: row0, minRow: v.minRow, minCo: v.minCol, sw: 1,
		}
	}
	phase := v.outW + (v.maxCol-v.minCol)/v.sw
	pitch := phase * min(v.sw, v.maxCol-v.minCol+1)
	rows, step := (row1-row0-1)*v.sh+v.maxRow-v.minRow+1, 1
	if v.maxRow == v.minRow { // only the rows that are read
		rows, step = row1-row0, v.sh
	}
	p := staged{
		img: (ch1 - ch0) * rows * pitch, ch: rows * pitch, row: pitch,
		rowStep: v.sh / step * pitch, phase: phase, firstRow: row0,
		minRow: v.minRow, minCo: v.minCol, sw: v.sw,
	}
	n := (img1 - img0) * p.img
	p.data = grow(buf, n+phase+stageSlack)
	for img := img0; img < img1; img++ {
		for c := ch0; c < ch1; c++ {
			src := v.src[img*v.srcImg+c*v.srcCh:]
			dst := p.data[(img-img0)*p.img+(c-ch0)*p.ch:]
			for r := range rows {
				line := dst[r*pitch : (r+1)*pitch]
				at := row0*v.sh + v.minRow + r*step
				if at < 0 || at >= v.inH {
					clear(line)
					continue
				}
				v.stageRow(s, line, src[at*v.inW:(at+1)*v.inW], phase, p.data[n:])
			}
		}
	}
	return p
}

// stageRow pads one row and sorts its columns. What is not needed goes to
// waste.
func (v *receptive) stageRow(s *tileSet, line, src []float32, phase int, waste []float32) {
	if v.sw == 2 && len(line) == phase && v.minCol >= 0 {
		n := min(len(src)-v.minCol, 2*phase)
		s.split(line, waste, src[v.minCol:v.minCol+n])
		clear(line[(n+1)/2:])
		return
	}
	if v.sw == 2 && len(line) == 2*phase {
		// Both remainders at once.
		skip := max(0, v.minCol) // columns to the left of the first one read
		lead := max(0, -v.minCol)
		n := min(len(src)-skip, 2*phase-lead)
		even, odd := line[:phase], line[phase:]
		e, o := (lead+1)/2, lead/2 // where the first even and odd columns go
		if lead&1 != 0 {
			even, odd = odd, even // the first column read is an odd one of the line
			e, o = lead/2, (lead+1)/2
		}
		n = max(n, 0)
		ne, no := (n+1)/2, n/2
		clear(even[:min(e, phase)])
		clear(odd[:min(o, phase)])
		clear(even[min(e+ne, phase):])
		clear(odd[min(o+no, phase):])
		if n > 1 {
			s.split(even[e:], odd[o:], src[skip:skip+n])
		} else if n == 1 {
			even[e] = src[skip]
		}
		return
	}
	for start := 0; start*phase < len(line); start++ {
		dst := line[start*phase : (start+1)*phase]
		first := v.minCol + start // column of dst[0]; then every sw-th
		lead := 0
		if first < 0 {
			lead = min(len(dst), (-first+v.sw-1)/v.sw)
		}
		n := 0
		if at := first + lead*v.sw; at < len(src) {
			n = min(len(dst)-lead, (len(src)-1-at)/v.sw+1)
		}
		clear(dst[:lead])
		clear(dst[lead+n:])
		if n == 0 {
			continue
		}
		in := src[first+lead*v.sw:]
		out := dst[lead : lead+n]
		if v.sw == 1 {
			copy(out, in)
			continue
		}
		for i := range out {
			out[i] = in[i*v.sw]
		}
	}
}

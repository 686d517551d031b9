package kernel

// winogradTransforms is F(results × results, taps × taps).
type winogradTransforms struct {
	results, taps int
	input         func(src *float32, rowStride, srcStride int, dst *float32, xiStride, tileStride, tiles int, tmp *float32)
	output        func(src *float32, xiStride, tileStride int, dst *float32, rowStride, tiles int, bias *float32, relu int, tmp *float32)
	weights       func(src *float32, tapStride, srcStride int, dst *float32, xiStride, dstStride, n int, tmp *float32)
	gradient      func(src *float32, rowStride int, dst *float32, xiStride, tileStride, tiles int, tmp *float32)
	kernels       func(src *float32, xiStride, srcStride int, dst *float32, tapStride, dstStride, n int, tmp *float32)
}

// matrices is the number of elements of a tile of the input, each of which
// makes a product of matrices of its own.
func (t *winogradTransforms) matrices() int {
	tile := t.results + t.taps - 1
	return tile * tile
}

// winogradJob is a convolution of stride 1 by Winograd's algorithm. For 3×3
// kernels it is F(4×4, 3×3): 36 multiplications make 16 results where the
// definition takes 144; for 5×5 kernels F(2×2, 5×5): 36 instead of 100 (Lavin
// and Gray 2015, arXiv:1509.09308). A block of tiles is turned round so that
// channels are consecutive, transformed, multiplied in independent products
// of matrices, and transformed and turned back.
type winogradJob struct {
	isa           *tileSet
	size          *winogradTransforms
	images        int
	inC, inH, inW int
	outC          int
	outH, outW    int
	padH, padW    int
	src, dst      []float32
	ep            Epilogue[float32]

	tileRows, tileCols int // of an image
	parts              int // of all tile rows; one may span images
	threads            int
	vecs               int // vectors that hold the output channels
	stripVecs          int // vectors of a strip of the transformed weights
	uXi                int // distance of two of the matrices in u
	u, wt, bias        []float32
	weights            []float32
	flipped            bool
	exact              bool // sums of few channels at a time
	f, fWeights        func(part int)
}

func (j *winogradJob) made() { j.f, j.fWeights = j.task, j.transformWeights }

func (j *winogradJob) cleared() {
	*j = winogradJob{u: j.u, wt: j.wt, bias: j.bias, f: j.f, fWeights: j.fWeights}
}

const (
	winogradBlock = 300 << 10 // floats of transformed tiles and products at a time
	winogradTiles = 48        // but at least so many tiles
	// Channels that an exact product adds up at a time: rounding errors grow
	// with the length of a sum.
	winogradChannels = 64
)

// winogradForward is a forward pass if Winograd's algorithm is the faster
// one; otherwise it does nothing and returns false. Where c is not Fast it is
// F(2x2, 3x3), which rounds about as the definition does.
func winogradForward(s *tileSet, c Conv, x, w []float32, ep Epilogue[float32], y []float32) bool {
	size := winogradOf(s).fast(c)
	if !c.Fast {
		size = &winogradOf(s).exact
	}
	if !winogradWins(s, size, c, c.C, c.O, c.OutH(), c.OutW()) {
		return false
	}
	j := borrow[winogradJob]()
	defer giveBack(j)
	j.isa, j.size, j.images = s, size, c.N
	j.inC, j.inH, j.inW, j.src = c.C, c.H, c.W, x
	j.outC, j.outH, j.outW, j.dst = c.O, c.OutH(), c.OutW(), y
	j.padH, j.padW = c.PH, c.PW
	j.ep, j.weights, j.exact = ep, w, !c.Fast
	j.run()
	return true
}

// winogradBackwardData is the same for the gradient of the input, which is
// the convolution of the result's gradient with the kernels turned round.
func winogradBackwardData(s *tileSet, c Conv, dy, w, dx []float32) bool {
	size := winogradOf(s).fast(c)
	if !winogradWins(s, size, c, c.O, c.C, c.H, c.W) {
		return false
	}
	j := borrow[winogradJob]()
	defer giveBack(j)
	j.isa, j.size, j.images = s, size, c.N
	j.inC, j.inH, j.inW, j.src = c.O, c.OutH(), c.OutW(), dy
	j.outC, j.outH, j.outW, j.dst = c.C, c.H, c.W, dx
	j.padH, j.padW = c.KH-1-c.PH, c.KW-1-c.PW
	j.weights, j.flipped = w, true
	j.run()
	return true
}

// winogradWins estimates the cycles of both ways from inC channels to a
// result of outC channels, h high and w wide. It returns false if the
// definition is faster, or the kernel not of the transforms' size.
func winogradWins(s *tileSet, size *winogradTransforms, c Conv, inC, outC, h, w int) bool {
	taps, results := size.taps, size.results
	if c.KH != taps || c.KW != taps || c.SH != 1 || c.SW != 1 || c.DH != 1 || c.DW != 1 || c.Groups != 1 || c.PH >= taps || c.PW >= taps {
		return false
	}
	lanes := float64(s.lanes)
	vecsIn, vecsOut := float64((inC+s.lanes-1)/s.lanes), float64((outC+s.lanes-1)/s.lanes)
	tiles := float64(c.N * ((h + results - 1) / results) * ((w + results - 1) / results))
	macs, matrices := float64(inC)*float64(outC), float64(size.matrices())
	weights := matrices / 3 * macs
	if matrices*macs > 1<<20 { // the transformed weights leave the cache
		weights = matrices / 0.6 * macs
	}
	direct := float64(c.N*h*w*taps*taps) * macs / lanes / 0.7
	return tiles*matrices*(float64(inC)*vecsOut/0.8+300./36*(vecsIn+vecsOut))+weights < 0.9*direct
}

func (j *winogradJob) run() {
	s := j.isa
	m := j.size.results
	j.tileRows, j.tileCols = (j.outH+m-1)/m, (j.outW+m-1)/m
	j.vecs = (j.outC + s.lanes - 1) / s.lanes
	strips := (j.vecs + 2) / 3
	j.stripVecs = (j.vecs + strips - 1) / strips
	j.uXi = oddLines(j.vecs * s.lanes * j.inC)
	j.u = grow(&j.u, j.size.matrices()*j.uXi)
	j.wt = grow(&j.wt, j.size.taps*j.size.taps*j.inC*j.vecs*s.lanes)
	if j.ep.Bias != nil {
		j.bias = grow(&j.bias, j.vecs*s.lanes)
		clear(j.bias[copy(j.bias, j.ep.Bias):])
	}
	threads := j.cutThreads()
	j.each(j.vecs, j.fWeights)

	rows := j.images * j.tileRows
	tiles := max(winogradTiles, winogradBlock/j.size.matrices()/(j.inC+j.outC))
	parts := (rows*j.tileCols + tiles - 1) / tiles
	if parts < threads || parts%threads != 0 && parts < 4*threads {
		parts = (parts + threads - 1) / threads * threads
	}
	j.parts = min(parts, rows)
	j.each(j.parts, j.f)
}

// cutThreads decides on the number of threads: a little work is done sooner
// than shared.
func (j *winogradJob) cutThreads() int {
	j.threads = Threads()
	if 2*float64(j.size.matrices())*float64(j.images*j.tileRows*j.tileCols)*float64(j.inC)*float64(j.outC) < 4*smallFlops {
		j.threads = 1
	}
	return j.threads
}

func (j *winogradJob) each(parts int, f func(int)) {
	if j.threads == 1 {
		for i := range parts {
			f(i)
		}
		return
	}
	ForEach(parts, f)
}

// transformWeights makes one vector of output channels of the matrices.
func (j *winogradJob) transformWeights(v int) {
	s := j.isa
	taps := j.size.taps * j.size.taps
	w := borrow[tileWork]()
	defer giveBack(w)
	tmp := grow(&w.c, 36*s.lanes)
	// The kernels with output channels consecutive: element (input channel,
	// tap) is a vector.
	o := v * s.lanes
	n := min(s.lanes, j.outC-o)
	wt := j.wt[v*taps*j.inC*s.lanes:][:taps*j.inC*s.lanes]
	first, tap := 0, 4*s.lanes
	if j.flipped {
		for k := range j.inC {
			s.transpose(&wt[k*taps*s.lanes], 4*s.lanes, &j.weights[(k*j.outC+o)*taps], 4*taps, n, taps, 1)
		}
		first, tap = (taps-1)*s.lanes, -tap
	} else {
		s.transpose(&wt[0], 4*s.lanes, &j.weights[o*j.inC*taps], 4*taps*j.inC, n, taps*j.inC, 1)
	}
	strip := v / j.stripVecs
	ld := min(j.stripVecs, j.vecs-strip*j.stripVecs) * s.lanes
	dst := strip*j.stripVecs*s.lanes*j.inC + v%j.stripVecs*s.lanes
	j.size.weights(&wt[first], tap, 4*taps*s.lanes, &j.u[dst], 4*j.uXi, 4*ld, j.inC, &tmp[0])
}

// task makes the results of a range of tile rows.
func (j *winogradJob) task(part int) {
	s := j.isa
	w := borrow[tileWork]()
	defer giveBack(w)
	rows := j.images * j.tileRows
	row0, row1 := rows*part/j.parts, rows*(part+1)/j.parts
	tiles := (row1 - row0) * j.tileCols
	ldv, ldm := oddLines(j.inC), oddLines(j.vecs*s.lanes)
	vXi, mXi := oddLines(tiles*ldv), oddLines(tiles*ldm)
	v, m := grow(&w.b, j.size.matrices()*vXi), grow(&w.c, j.size.matrices()*mXi)
	tmp := grow(&w.a, 36*s.lanes)
	for row := row0; row < row1; {
		img, top := row/j.tileRows, row%j.tileRows
		end := min(row1, row+j.tileRows-top)
		j.input(w, v[(row-row0)*j.tileCols*ldv:], ldv, vXi, img, top, end-row, tmp)
		row = end
	}
	j.multiply(w, v, m, ldv, ldm, vXi, mXi, tiles)
	for row := row0; row < row1; {
		img, top := row/j.tileRows, row%j.tileRows
		end := min(row1, row+j.tileRows-top)
		j.output(w, m[(row-row0)*j.tileCols*ldm:], ldm, mXi, img, top, end-row, tmp)
		row = end
	}
}

// input transforms rows of tiles of one image from tile row top on.
func (j *winogradJob) input(w *tileWork, v []float32, ldv, vXi, img, top, rows int, tmp []float32) {
	s := j.isa
	m, halo := j.size.results, j.size.taps-1
	pitch := m*j.tileCols + halo
	lines := m*rows + halo
	x := grow(&w.x, lines*pitch*s.lanes)
	plane := j.inH * j.inW
	left := max(0, j.padW)
	cols := min(j.inW, pitch-left)
	if j.padW > 0 || cols < pitch-left { // the borders stay zero throughout
		clear(x)
	}
	for c := 0; c < j.inC; c += s.lanes {
		for r := range lines {
			at := m*top + r - j.padH
			line := x[r*pitch*s.lanes:][:pitch*s.lanes]
			if at < 0 || at >= j.inH {
				if c == 0 {
					clear(line)
				}
				continue
			}
			src := (img*j.inC+c)*plane + at*j.inW
			s.transpose(&line[left*s.lanes], 4*s.lanes, &j.src[src], 4*plane, min(s.lanes, j.inC-c), cols, 1)
		}
		for r := range rows {
			j.size.input(&x[m*r*pitch*s.lanes], 4*pitch*s.lanes, 4*m*s.lanes, &v[r*j.tileCols*ldv+c], 4*vXi, 4*ldv, j.tileCols, &tmp[0])
		}
	}
}

// multiply makes the products.
func (j *winogradJob) multiply(w *tileWork, v, m []float32, ldv, ldm, vXi, mXi, tiles int) {
	s := j.isa
	t := &w.t
	w.rowsApart(ldv)
	t.ldc = 4 * ldm
	t.stepA, t.stepB, t.stepC = 4*s.rows*ldv, 0, 4*s.rows*ldm
	channels := j.inC
	if j.exact {
		channels = evenBlocks(j.inC, winogradChannels, 4)
	}
	for xi := range j.size.matrices() {
		u := j.u[xi*j.uXi:]
		for strip := 0; strip < j.vecs; strip += j.stripVecs {
			vecs := min(j.stripVecs, j.vecs-strip)
			t.ldb, t.mask = 4*vecs*s.lanes, s.mask(s.lanes)
			for ch := 0; ch < j.inC; ch += channels {
				t.k, t.flags = min(channels, j.inC-ch), 0
				if ch > 0 {
					t.flags = tileAccumulate
				}
				t.b = &u[strip*s.lanes*j.inC+ch*vecs*s.lanes]
				t.a, t.c, t.count = &v[xi*vXi+ch], &m[xi*mXi+strip*s.lanes], tiles/s.rows
				if t.count > 0 {
					s.tiles[s.rows][vecs](t)
				}
				if i := tiles / s.rows * s.rows; i < tiles {
					t.a, t.c, t.count = &v[xi*vXi+i*ldv+ch], &m[xi*mXi+i*ldm+strip*s.lanes], 1
					s.tiles[tiles-i][vecs](t)
				}
			}
		}
	}
}

// output transforms rows of tiles of one image back.
func (j *winogradJob) output(w *tileWork, m []float32, ldm, mXi, img, top, rows int, tmp []float32) {
	s := j.isa
	size := j.size.results
	plane := j.outH * j.outW
	y := grow(&w.x, (size*rows*j.outW+4*4)*s.lanes)
	n := min(size*rows, j.outH-size*top) * j.outW
	relu := 0
	if j.ep.Act.Kind == ActReLU && j.ep.Add == nil {
		relu = 1
	}
	rest := Epilogue[float32]{Add: j.ep.Add}
	if relu == 0 {
		rest.Act = j.ep.Act
	}
	for o := 0; o < j.outC; o += s.lanes {
		var bias *float32
		if j.ep.Bias != nil {
			bias = &j.bias[o]
		}
		for r := range rows {
			j.size.output(&m[((r+1)*j.tileCols-1)*ldm+o], 4*mXi, 4*ldm, &y[(size*r*j.outW+size*(j.tileCols-1))*s.lanes], 4*j.outW*s.lanes, j.tileCols, bias, relu, &tmp[0])
		}
		channels := min(s.lanes, j.outC-o)
		at := (img*j.outC+o)*plane + size*top*j.outW
		s.transposeTo(j.dst[at:], plane, y, s.lanes, n, channels, false)
		if rest.Add != nil || rest.Act.Kind != ActIdentity {
			for ch := range channels {
				finishRow(&rest, o+ch, at+ch*plane, j.dst[at+ch*plane:][:n])
			}
		}
	}
}

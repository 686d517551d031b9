package kernel

// tile is the argument of a micro-kernel, which computes
//
//	C[r][j] = Σ_run Σ_k A[r][run][k] · B[run·K+k][j]
//
// for up to 8 rows and 48 columns, everything in registers. A is read where
// it lies: row r of run i starts at a + aoff[r] + runTab[i] bytes and its k
// values are consecutive. So A may be rows of a matrix, or shifted views of an
// image read row by row. B is a packed strip, or a matrix whose rows are ldb
// bytes apart. The generator knows the offsets of these fields.
type tile struct {
	a      *float32
	aoff   *[8]int
	runs   int
	runTab *int
	k      int
	b      *float32
	ldb    int
	c      *float32
	ldc    int
	flags  int
	bias   *float32
	add    *float32
	mask   uintptr // lanes of the last vector
	lda    int     // for micro-kernels that read A as columns: element (r, k) at a + 4r + lda·k bytes

	// One call may do several tiles, each so many bytes further on.
	count               int
	stepA, stepB, stepC int

	offsets *int // for micro-kernels that read row k of B offsets[k] bytes from b
}

// What a micro-kernel does with the accumulators on their way to memory, in
// this order.
const (
	tileAccumulate = 1 << iota // add what C holds
	tileBias                   // add bias[r] to row r
	tileAdd                    // add a matrix laid out like C
	tileReLU
)

// tileWork is what one thread needs for a product of matrices. The tile is
// part of it since a call through the table of micro-kernels would otherwise
// move it to the heap each time.
type tileWork struct {
	t    tile
	aoff [8]int
	sums [16]float32
	zero int // the table of runs of a plain matrix
	a, b []float32
	c    []float32
	x    []float32
	tab  []int
	at   []int
	g    gather
}

func (w *tileWork) cleared() { w.t, w.g = tile{}, gather{} }

// rowsApart sets the tile's rows stride floats apart, in one run.
func (w *tileWork) rowsApart(stride int) {
	for r := range w.aoff {
		w.aoff[r] = 4 * stride * r
	}
	w.t.aoff, w.t.runs, w.t.runTab = &w.aoff, 1, &w.zero
}

// alongStrips multiplies the rows that t.a and t.aoff say by packed strips of
// k rows and n columns in all, to c (and add, if not nil).
func (w *tileWork) alongStrips(s *tileSet, rows int, b []float32, k, n int, c, add []float32) {
	t := &w.t
	width := s.width()
	t.stepA = 0
	if whole := n / width; whole > 0 {
		t.b, t.ldb, t.mask = &b[0], 4*width, s.mask(s.lanes)
		t.c, t.count = &c[0], whole
		t.stepB, t.stepC = 4*width*k, 4*width
		if add != nil {
			t.add = &add[0]
		}
		s.tiles[rows][3](t)
	}
	if at := n / width * width; at < n {
		var vecs int
		vecs, t.mask = s.lastMask(n - at)
		t.b, t.ldb = &b[at*k], 4*vecs*s.lanes
		t.c, t.count = &c[at], 1
		if add != nil {
			t.add = &add[at]
		}
		s.tiles[rows][vecs](t)
	}
}

package kernel

// product is a matrix product C = rows·cols as the micro-kernels see it.
type product struct {
	m, n, k int
	// rows is the m×k operand whose elements are broadcast: stored with k
	// consecutive, or with m consecutive if rowsT.
	rows  []float32
	ldr   int
	rowsT bool
	// cols is the k×n operand that is read in vectors: stored with n
	// consecutive, or with k consecutive if colsT.
	cols  []float32
	ldk   int
	colsT bool
	// c is m×n, or n×m if cT.
	c    []float32
	ldc  int
	cT   bool
	beta float32
}

// gemmBlocked is Gemm with micro-kernels.
func gemmBlocked(s *tileSet, transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if !transA && transB && m <= 4 {
		gemmDots(s, m, n, k, a, lda, b, ldb, beta, c, ldc)
		return
	}
	p := product{
		m: m, n: n, k: k, beta: beta, c: c, ldc: ldc,
		rows: a, ldr: lda, rowsT: transA,
		cols: b, ldk: ldb, colsT: transB,
	}
	// Cᵀ = op(B)ᵀ·op(A)ᵀ is the better way round if it saves a transpose, and
	// for few rows: then the large operand is streamed once and the small one
	// packed.
	if transA && transB || transB && m <= 192 && 2*m <= n {
		p = product{
			m: n, n: m, k: k, beta: beta, c: c, ldc: ldc, cT: true,
			rows: b, ldr: ldb, rowsT: !transB,
			cols: a, ldk: lda, colsT: !transA,
		}
	}
	threads := Threads()
	if 2*float64(m)*float64(n)*float64(k) < smallFlops {
		threads = 1
	}
	// Split the side that has more whole tiles to give.
	byCols := p.n/s.width() >= p.m/(4*s.rows)
	unit, size := s.rows, p.m
	if byCols {
		unit, size = s.lanes, p.n
	}
	units := (size + unit - 1) / unit
	threads = min(threads, units)
	if threads <= 1 {
		w := borrow[tileWork]()
		p.part(s, w, 0, p.m, 0, p.n)
		giveBack(w)
		return
	}
	ForEach(threads, func(i int) {
		lo, hi := units*i/threads*unit, min(size, units*(i+1)/threads*unit)
		w := borrow[tileWork]()
		if byCols {
			p.part(s, w, 0, p.m, lo, hi)
		} else {
			p.part(s, w, lo, hi, 0, p.n)
		}
		giveBack(w)
	})
}

// part computes rows [m0, m1) and columns [n0, n1) of the product.
func (p *product) part(s *tileSet, w *tileWork, m0, m1, n0, n1 int) {
	limit := blockK
	if n := n1 - n0; n <= 2*s.width() {
		// Long rows make long streams from memory; the few columns stay in
		// the second cache all the same.
		limit = max(limit, blockB/2/n)
	}
	kc := evenBlocks(p.k, limit, 4)
	nc := evenBlocks(n1-n0, max(1, blockB/max(kc, 1)/s.width())*s.width(), s.width())
	for j := n0; j < n1; j += nc {
		j1 := min(n1, j+nc)
		c, ldc := p.c, p.ldc
		accumulate := false
		if p.cT {
			ldc = (j1 - j + 15) &^ 15
			c = grow(&w.c, (m1-m0)*ldc)
		} else {
			c = c[m0*ldc+j:]
			if p.beta != 0 {
				accumulate = true
				if p.beta != 1 {
					for i := range m1 - m0 {
						scaleRow(p.beta, c[i*ldc:i*ldc+j1-j])
					}
				}
			}
		}
		for k := 0; k < p.k; k += kc {
			k1 := min(p.k, k+kc)
			p.packCols(s, w, k, k1, j, j1)
			p.block(s, w, m0, m1, k, k1, j1-j, c, ldc, accumulate)
			accumulate = true
		}
		if p.cT {
			p.storeTransposed(s, c, ldc, m0, m1, j, j1)
		}
	}
}

func (p *product) storeTransposed(s *tileSet, c []float32, ldc, m0, m1, j, j1 int) {
	if p.beta == 0 {
		s.transposeTo(p.c[j*p.ldc+m0:], p.ldc, c, ldc, m1-m0, j1-j, false)
		return
	}
	for jj := j; jj < j1; jj++ {
		row := p.c[jj*p.ldc+m0 : jj*p.ldc+m1]
		for i := range row {
			row[i] = p.beta*row[i] + c[i*ldc+jj-j]
		}
	}
}

// packCols lays columns [j, j1) of rows [k, k1) of the cols operand out in
// strips of the tile's width, each with its rows one after the other.
func (p *product) packCols(s *tileSet, w *tileWork, k, k1, j, j1 int) {
	width := s.width()
	kc := k1 - k
	buf := grow(&w.b, (j1-j+width-1)/width*width*kc)
	if !p.colsT {
		s.copyStrips(buf, p.cols[k*p.ldk+j:], p.ldk, kc, j1-j)
		return
	}
	for ; j < j1; j += width {
		n := min(width, j1-j)
		vecs, _ := s.lastMask(n)
		s.transposeTo(buf, vecs*s.lanes, p.cols[j*p.ldk+k:], p.ldk, n, kc, true)
		buf = buf[vecs*s.lanes*kc:]
	}
}

// block multiplies rows [m0, m1) by the packed block of n columns.
func (p *product) block(s *tileSet, w *tileWork, m0, m1, k, k1, n int, c []float32, ldc int, accumulate bool) {
	kc := k1 - k
	lda := p.ldr
	step := m1 - m0
	if p.rowsT {
		lda = oddLines(kc)
		step = min(blockRows, step)
	}
	w.rowsApart(lda)
	t := &w.t
	t.k, t.ldc, t.flags = kc, 4*ldc, 0
	if accumulate {
		t.flags = tileAccumulate
	}
	for i0 := m0; i0 < m1; i0 += step {
		i1 := min(m1, i0+step)
		var a []float32
		if p.rowsT {
			a = grow(&w.a, step*lda)
			for q := 0; q < kc; q += s.lanes {
				s.transpose(&a[q], 4*lda, &p.rows[(k+q)*p.ldr+i0], 4*p.ldr, min(s.lanes, kc-q), i1-i0, 0)
			}
		} else {
			a = p.rows[i0*p.ldr+k:]
		}
		for i := i0; i < i1; i += s.rows {
			t.a = &a[(i-i0)*lda]
			w.alongStrips(s, min(s.rows, i1-i), w.b, kc, n, c[(i-m0)*ldc:], nil)
		}
	}
}

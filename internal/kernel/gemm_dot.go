package kernel

// gemmDots is C = A·Bᵀ + beta·C for up to four rows of A: a linear layer for a
// few images. The rows of B are streamed from memory once, and inner products
// with all rows of A made on the way.
func gemmDots(s *tileSet, m, n, k int, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	grain := max(4, smallFlops/(2*k*m))
	Parallel((n+3)/4, (grain+3)/4, func(lo, hi int) {
		w := borrow[tileWork]()
		defer giveBack(w)
		last := (k-1)%s.lanes + 1
		mask := s.mask(last)
		sums := &w.sums
		for r := 4 * lo; r < min(n, 4*hi); {
			rows := 4
			if r+4 > n {
				rows = 1
			}
			for i := 0; i < m; {
				vecs := 1
				for _, v := range []int{4, 2} {
					if i+v <= m && s.dotTiles[rows][v] != nil {
						vecs = v
						break
					}
				}
				s.dotTiles[rows][vecs](&b[r*ldb], 4*ldb, &a[i*lda], 4*lda, k, mask, sums)
				for q := range rows {
					for j := range vecs {
						at := &c[(i+j)*ldc+r+q]
						if beta == 0 {
							*at = sums[q*vecs+j]
						} else {
							*at = sums[q*vecs+j] + beta**at
						}
					}
				}
				i += vecs
			}
			r += rows
		}
	})
}

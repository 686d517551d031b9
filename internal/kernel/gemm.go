package kernel

// Gemm computes C = op(A)·op(B) + beta·C on row-major matrices, where op
// transposes if the flag is set. op(A) is m×k, op(B) is k×n, C is m×n; lda,
// ldb and ldc are the lengths of a stored row. With beta = 0 the old content
// of C is never read.
func Gemm[T Float](transA, transB bool, m, n, k int, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if m <= 0 || n <= 0 {
		return
	}
	if isa != nil && k > 0 && isSingle[T]() {
		gemmBlocked(currentTiles(), transA, transB, m, n, k, float32s(a), lda, float32s(b), ldb, float32(beta), float32s(c), ldc)
		return
	}
	gemmPlain(transA, transB, m, n, k, a, lda, b, ldb, beta, c, ldc)
}

// gemmPlain is Gemm in plain Go, threaded over the rows of C.
func gemmPlain[T Float](transA, transB bool, m, n, k int, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	rowsTo := 1 + (1<<15)/(n*max(k, 1))
	Parallel(m, rowsTo, func(lo, hi int) {
		var col [256]T
		for i := lo; i < hi; i++ {
			row := c[i*ldc : i*ldc+n]
			scaleRow(beta, row)
			for p0 := 0; p0 < k; p0 += len(col) {
				p1 := min(k, p0+len(col))
				ai := col[:p1-p0]
				if transA {
					for p := range ai {
						ai[p] = a[(p0+p)*lda+i]
					}
				} else {
					copy(ai, a[i*lda+p0:])
				}
				if transB {
					for j := range row {
						row[j] += dot(ai, b[j*ldb+p0:j*ldb+p1])
					}
				} else {
					for p, v := range ai {
						axpy(v, b[(p0+p)*ldb:(p0+p)*ldb+n], row)
					}
				}
			}
		}
	})
}

func scaleRow[T Float](beta T, row []T) {
	switch beta {
	case 0:
		clear(row)
	case 1:
	default:
		for j := range row {
			row[j] *= beta
		}
	}
}

// axpy computes y += v·x.
func axpy[T Float](v T, x, y []T) {
	y = y[:len(x)]
	for i, xv := range x {
		y[i] += v * xv
	}
}

// dot returns Σ x[i]·y[i].
func dot[T Float](x, y []T) T {
	y = y[:len(x)]
	var s0, s1, s2, s3 T
	i := 0
	for ; i+4 <= len(x); i += 4 {
		s0 += x[i] * y[i]
		s1 += x[i+1] * y[i+1]
		s2 += x[i+2] * y[i+2]
		s3 += x[i+3] * y[i+3]
	}
	for ; i < len(x); i++ {
		s0 += x[i] * y[i]
	}
	return (s0 + s1) + (s2 + s3)
}

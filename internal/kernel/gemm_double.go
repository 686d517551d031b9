package kernel

// Float64 serves comparisons with references and gradient checks, so its
// convolutions and products take one simple way: operands are packed, and a
// micro-kernel multiplies full tiles of them.

// doubleTile is a micro-kernel for float64. It computes the full tile
//
//	c[r][j] = Σ a[p][r]·b[p][j]    p < k, k > 0
//
// where a has rows elements for each p and b has cols, both packed.
type doubleTile struct {
	rows, cols int
	run        func(k int, a, b, c *float64)
}

// plainDouble is the tile in plain Go.
var plainDouble = doubleTile{rows: 4, cols: 2, run: runPlainDouble}

// double is the tile in use.
var double = chooseDouble()

// Block sizes: the panel of a stays in the first cache, the block of b in the
// second.
const (
	doubleK    = 256
	doubleCols = 192 // a multiple of every tile's columns
)

// panels is the number of panels for m rows.
func (d *doubleTile) panels(m int) int { return (m + d.rows - 1) / d.rows }

// packRows lays rows [i0, i0+m) × columns [p0, p0+k) of a matrix out in panels,
// one column of a panel after the other; missing rows are zero. Element (i, p)
// of the matrix is src[i*ldi+p*ldp].
func (d *doubleTile) packRows(dst, src []float64, ldi, ldp, i0, m, p0, k int) {
	for i := 0; i < m; i += d.rows {
		panel := dst[i*k : i*k+d.rows*k]
		n := min(d.rows, m-i)
		if n < d.rows {
			clear(panel)
		}
		for r := range n {
			at := (i0+i+r)*ldi + p0*ldp
			for p := range k {
				panel[p*d.rows+r] = src[at+p*ldp]
			}
		}
	}
}

// packRow writes row p of a block of k rows and n columns to its strips, each
// of which has its rows one after the other; missing columns are zero.
func (d *doubleTile) packRow(dst []float64, k, p int, row []float64) {
	for len(row) > 0 {
		strip := dst[p*d.cols : (p+1)*d.cols]
		n := copy(strip, row)
		clear(strip[n:])
		row = row[n:]
		if len(row) > 0 {
			dst = dst[k*d.cols:]
		}
	}
}

// packCol writes column j of a block of k rows to its strip.
func (d *doubleTile) packCol(dst []float64, k, j int, col []float64) {
	dst = dst[j/d.cols*k*d.cols+j%d.cols:]
	for p, v := range col {
		dst[p*d.cols] = v
	}
}

// block computes C += A·B for m×n elements of C. Panels of A lie apart elements
// from each other, of which the first k·rows are used.
func (d *doubleTile) block(m, n, k int, a []float64, apart int, b, c []float64, ldc int, tile []float64) {
	for i := 0; i < m; i += d.rows {
		panel := &a[i/d.rows*apart]
		rows := min(d.rows, m-i)
		for j := 0; j < n; j += d.cols {
			d.run(k, panel, &b[j*k], &tile[0])
			cols := min(d.cols, n-j)
			for r := range rows {
				out := c[(i+r)*ldc+j:][:cols]
				for q, v := range tile[r*d.cols:][:cols] {
					out[q] += v
				}
			}
		}
	}
}

package kernel

// windowTaps is the largest number of taps of a window that the vector code is
// given: a table of them should stay in the first-level cache.
const windowTaps = 128

// windowPlan says how the windows of an image's rows lie. Results side by side
// whose windows hold the same columns of taps make a run; near the borders, of
// few.
type windowPlan struct {
	h, w, kh, kw, sh, sw, ph, pw, dh, dw, outW int
	runs                                       []windowRun
	taps                                       []int // of all runs, KH·KW pairs each
	row0, row1                                 int   // the rows of taps in them
	stride, weights                            int   // floats between pixels of x, and between taps' weights
}

// windowRun is n results from column from on, whose windows have columns
// [k0, k1) of taps inside the image.
type windowRun struct{ from, n, k0, k1 int }

// windowShape is the geometry of windows of KH×KW taps on images of H×W pixels.
type windowShape struct{ H, W, KH, KW, SH, SW, PH, PW, DH, DW int }

// newWindowPlan lends a plan with runs; its table is empty.
func newWindowPlan(c windowShape, outW, stride, weights int) *windowPlan {
	p := borrow[windowPlan]()
	runs, taps := p.runs[:0], p.taps
	*p = windowPlan{
		h: c.H, w: c.W, kh: c.KH, kw: c.KW, sh: c.SH, sw: c.SW, ph: c.PH, pw: c.PW, dh: c.DH, dw: c.DW,
		outW: outW, stride: stride, weights: weights,
	}
	for o := range outW {
		k0, k1 := tapsInside(o*c.SW-c.PW, c.KW, c.DW, c.W)
		if n := len(runs); n > 0 && runs[n-1].k0 == k0 && runs[n-1].k1 == k1 {
			runs[n-1].n++
			continue
		}
		runs = append(runs, windowRun{o, 1, k0, k1})
	}
	p.runs = runs
	if n := 2 * len(runs) * c.KH * c.KW; cap(taps) < n {
		taps = make([]int, n)
	}
	p.taps = taps[:cap(taps)]
	return p
}

// cleared leaves the tables.
func (p *windowPlan) cleared() {}

// tapsInside returns the taps [k0, k1) of a window of k, d apart, that begins
// at first, which lie in [0, size).
func tapsInside(first, k, d, size int) (k0, k1 int) {
	if first < 0 {
		k0 = (-first + d - 1) / d
	}
	if first < size {
		k1 = (size - first + d - 1) / d
	}
	return k0, min(k, k1)
}

// rowTaps fills the tables for row oh of results. It reports whether its
// windows have any row of taps inside the image.
func (p *windowPlan) rowTaps(oh int) bool {
	row0, row1 := tapsInside(oh*p.sh-p.ph, p.kh, p.dh, p.h)
	if row0 >= row1 {
		return false
	}
	if row0 == p.row0 && row1 == p.row1 {
		return true
	}
	p.row0, p.row1 = row0, row1
	at := 0
	for _, run := range p.runs {
		t := p.taps[at : at : at+2*p.kh*p.kw]
		for r := row0; r < row1; r++ {
			for k := run.k0; k < run.k1; k++ {
				t = append(t, 4*((r-row0)*p.dh*p.w+(k-run.k0)*p.dw)*p.stride, 4*(r*p.kw+k)*p.weights)
			}
		}
		at += 2 * p.kh * p.kw
	}
	return true
}

// wholeRows reports whether the windows of row oh have all rows inside.
func (p *windowPlan) wholeRows(oh int) bool {
	first := oh*p.sh - p.ph
	return first >= 0 && first+(p.kh-1)*p.dh < p.h
}

// table is the first tap of run i and their number.
func (p *windowPlan) table(i int) (first *int, count int) {
	run := p.runs[i]
	return &p.taps[2*i*p.kh*p.kw], (p.row1 - p.row0) * (run.k1 - run.k0)
}

// start is the pixel of image img that the first tap of a run's first window
// reads, in row oh of results.
func (p *windowPlan) start(img, oh int, run windowRun) int {
	return (img*p.h+oh*p.sh-p.ph+p.row0*p.dh)*p.w + run.from*p.sw - p.pw + run.k0*p.dw
}

// largestTile is the largest number of results that the vector code makes at
// once; all powers of two below are there too.
const largestTile = 8

// tileSize is the size of the largest tile among n results, of those there are.
func tileSize(n int) int {
	size := largestTile
	for size > n {
		size /= 2
	}
	return size
}

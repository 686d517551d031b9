package kernel

import "math"

// lrnBlock is the number of pixels a thread takes through all channels at a
// time: the sums of the window stay in the first-level cache.
const lrnBlock = 256

func lrnGrain(c int) int { return max(1, elementGrain/4/(c*lrnBlock)) }

type lrnJob[T Float] struct {
	n, c, hw, size int
	alpha, beta, k float64
	x, dy, out     []T // out is y, or with dy the gradient dx
}

func (j *lrnJob[T]) run(lo, hi int) {
	if isSingle[T]() && j.runVec(lo, hi) {
		return
	}
	blocks := (j.hw + lrnBlock - 1) / lrnBlock
	for b := lo; b < hi; b++ {
		img, from := b/blocks, b%blocks*lrnBlock
		w := min(lrnBlock, j.hw-from)
		base := img*j.c*j.hw + from
		if j.dy == nil {
			j.forward(base, w)
		} else {
			j.backward(base, w)
		}
	}
}

func (j *lrnJob[T]) blocks() int { return j.n * ((j.hw + lrnBlock - 1) / lrnBlock) }

// window returns the channels whose squares are summed for channel ch.
func (j *lrnJob[T]) window(ch int) (lo, hi int) {
	return max(0, ch-j.size/2), min(j.c, ch+(j.size-1)/2+1)
}

func (j *lrnJob[T]) row(s []T, base, ch, w int) []T {
	return s[base+ch*j.hw : base+ch*j.hw+w]
}

// denominator fills d with k + alpha/size · (sum of squares over ch's window).
func (j *lrnJob[T]) denominator(base, ch, w int, d []T) {
	fill(d, 0)
	lo, hi := j.window(ch)
	for c := lo; c < hi; c++ {
		row := j.row(j.x, base, c, w)
		addProductRange(row, row, d)
	}
	affineRange(0, T(j.alpha/float64(j.size)), T(j.k), d, d)
}

// powerRange computes y = x^(-beta).
func powerRange[T Float](beta float64, x, y []T) {
	if beta == 0.75 {
		for i, v := range x {
			r := 1 / math.Sqrt(float64(v)) // x^(-3/4) = r·√r, r = x^(-1/2)
			y[i] = T(r * math.Sqrt(r))
		}
		return
	}
	for i, v := range x {
		y[i] = T(math.Pow(float64(v), -beta))
	}
}

func (j *lrnJob[T]) forward(base, w int) {
	var buf [lrnBlock]T
	d := buf[:w]
	for ch := range j.c {
		j.denominator(base, ch, w, d)
		powerRange(j.beta, d, d)
		mulRange(j.row(j.x, base, ch, w), d, j.row(j.out, base, ch, w))
	}
}

// With s the denominator and p = s^-β, output i depends on input c both
// directly and, for c in i's window, through s:
//
//	dx_c = dy_c·p_c - 2αβ/size · x_c · sum over i of dy_i·x_i·p_i/s_i
//
// The terms of the sum live in a ring of rows, one for each channel that may
// still be needed.
func (j *lrnJob[T]) backward(base, w int) {
	var dBuf, pBuf, sumBuf [lrnBlock]T
	d, p, sum := dBuf[:w], pBuf[:w], sumBuf[:w]
	var ringBuf [16 * lrnBlock]T
	ring := ringBuf[:]
	rows := min(j.size, j.c)
	if rows*lrnBlock > len(ring) {
		ring = make([]T, rows*lrnBlock)
	}
	term := func(ch int) []T { at := ch % rows * lrnBlock; return ring[at : at+w] }
	before, after := (j.size-1)/2, min(j.size/2, j.c) // outputs ch-before ... ch+after see channel ch
	factor := T(-2 * j.alpha * j.beta / float64(j.size))
	for i := range j.c + after {
		if i < j.c {
			j.denominator(base, i, w, d)
			powerRange(j.beta, d, p)
			x, dy, dx, t := j.row(j.x, base, i, w), j.row(j.dy, base, i, w), j.row(j.out, base, i, w), term(i)
			for k, v := range p {
				g := dy[k] * v
				dx[k] = g
				t[k] = g * x[k] / d[k]
			}
		}
		ch := i - after
		if ch < 0 {
			continue
		}
		clear(sum)
		for o := max(0, ch-before); o < min(j.c, ch+after+1); o++ {
			addRange(sum, term(o), sum)
		}
		scaleRange(factor, sum, sum)
		addProductRange(j.row(j.x, base, ch, w), sum, j.row(j.out, base, ch, w))
	}
}

// LRNForward computes local response normalisation across channels,
//
//	y = x · (k + alpha/size · sum of x² over size neighbouring channels)^(-beta)
//
// Channel c's window is c - size/2 ... c + (size-1)/2; beyond the ends is 0.
// x, y: (n, c, hw), different slices. (Krizhevsky et al. 2012, section 3.3)
func LRNForward[T Float](n, c, hw, size int, alpha, beta, k float64, x, y []T) {
	j := lrnJob[T]{n, c, hw, size, alpha, beta, k, x, nil, y}
	parallel(j.blocks(), lrnGrain(c), j)
}

// LRNBackward computes the gradient of LRNForward's x.
// x, dy, dx: (n, c, hw); dx is neither x nor dy.
func LRNBackward[T Float](n, c, hw, size int, alpha, beta, k float64, x, dy, dx []T) {
	j := lrnJob[T]{n, c, hw, size, alpha, beta, k, x, dy, dx}
	parallel(j.blocks(), lrnGrain(c), j)
}

package kernel

import "math"

// Pool is the geometry of a two-dimensional pooling: images of C planes H×W,
// windows of KH×KW every SH×SW, PH×PW rows and columns of padding on each
// side. The caller decides OH×OW, and with it between floor and ceil mode.
// A stride or dilation of 0 means 1.
type Pool struct {
	N, C, H, W      int
	KH, KW          int
	SH, SW          int
	PH, PW          int
	DH, DW          int
	OH, OW          int
	CountIncludePad bool // average pooling: padding counts in the divisor
}

func (p Pool) normal() Pool {
	for _, f := range []*int{&p.SH, &p.SW, &p.DH, &p.DW} {
		if *f == 0 {
			*f = 1
		}
	}
	// One tap stands alone, however far the next would be.
	if p.KH == 1 {
		p.DH = 1
	}
	if p.KW == 1 {
		p.DW = 1
	}
	return p
}

// window returns the part [lo, hi) of output position o's window that lies in
// [0, size), in steps of dilation d.
func window(o, k, s, pad, d, size int) (lo, hi int) {
	lo = o*s - pad
	hi = min(lo+(k-1)*d+1, size)
	if lo < 0 {
		lo += ((-lo-1)/d + 1) * d
	}
	return lo, hi
}

func (p Pool) grain() int {
	return planeGrain(max(p.H*p.W, p.OH*p.OW*min(p.KH, p.H)*min(p.KW, p.W)/4))
}

type maxPoolJob[T Float] struct {
	Pool
	x, y []T
}

func (j *maxPoolJob[T]) run(lo, hi int) {
	p := j.Pool
	if isSingle[T]() && maxPoolVec(p, lo, hi, float32s(j.x), float32s(j.y)) {
		return
	}
	for plane := lo; plane < hi; plane++ {
		x, y := j.x[plane*p.H*p.W:(plane+1)*p.H*p.W], j.y[plane*p.OH*p.OW:(plane+1)*p.OH*p.OW]
		maxPoolPlane(p, x, y)
	}
}

func maxPoolPlane[T Float](p Pool, x, y []T) {
	for oh := range p.OH {
		h0, h1 := window(oh, p.KH, p.SH, p.PH, p.DH, p.H)
		for ow := range p.OW {
			w0, w1 := window(ow, p.KW, p.SW, p.PW, p.DW, p.W)
			m := T(math.Inf(-1))
			for h := h0; h < h1; h += p.DH {
				for w := w0; w < w1; w += p.DW {
					if v := x[h*p.W+w]; v > m || v != v {
						m = v
					}
				}
			}
			y[oh*p.OW+ow] = m
		}
	}
}

// MaxPoolForward takes the maximum of each window. Padding counts as -∞, a
// NaN in a window is its maximum.
// x: (N, C, H, W); y: (N, C, OH, OW).
func MaxPoolForward[T Float](p Pool, x, y []T) {
	p = p.normal()
	parallel(p.N*p.C, p.grain(), maxPoolJob[T]{p, x, y})
}

type maxPoolBackwardJob[T Float] struct {
	Pool
	x, dy, dx []T
}

func (j *maxPoolBackwardJob[T]) run(lo, hi int) {
	p := j.Pool
	if isSingle[T]() && maxPoolBackwardVec(p, lo, hi, float32s(j.x), float32s(j.dy), float32s(j.dx)) {
		return
	}
	for plane := lo; plane < hi; plane++ {
		from, to := plane*p.H*p.W, (plane+1)*p.H*p.W
		maxPoolBackwardPlane(p, j.x[from:to], j.dy[plane*p.OH*p.OW:(plane+1)*p.OH*p.OW], j.dx[from:to])
	}
}

func maxPoolBackwardPlane[T Float](p Pool, x, dy, dx []T) {
	clear(dx)
	for oh := range p.OH {
		h0, h1 := window(oh, p.KH, p.SH, p.PH, p.DH, p.H)
		for ow := range p.OW {
			w0, w1 := window(ow, p.KW, p.SW, p.PW, p.DW, p.W)
			m, best := T(math.Inf(-1)), h0*p.W+w0
			for h := h0; h < h1; h += p.DH {
				for w := w0; w < w1; w += p.DW {
					if v := x[h*p.W+w]; v > m || v != v {
						m, best = v, h*p.W+w
					}
				}
			}
			if h0 < h1 && w0 < w1 {
				dx[best] += dy[oh*p.OW+ow]
			}
		}
	}
}

// MaxPoolBackward sends each dy to the first maximum of its window in
// row-major order (of several NaN, to the last, as PyTorch does).
// x, dx: (N, C, H, W); dy: (N, C, OH, OW).
func MaxPoolBackward[T Float](p Pool, x, dy, dx []T) {
	p = p.normal()
	parallel(p.N*p.C, p.grain(), maxPoolBackwardJob[T]{p, x, dy, dx})
}

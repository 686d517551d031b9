package kernel

// avgWindow returns the rows [lo, hi) that output row o averages and the size
// of its window. With ceil mode the last window may run off the padded input;
// what is outside doesn't count even when padding does.
func avgWindow(o, k, s, pad, size int, countPad bool) (lo, hi, count int) {
	lo = o*s - pad
	hi = min(lo+k, size+pad)
	count = hi - lo
	lo, hi = max(lo, 0), min(hi, size)
	if !countPad {
		count = hi - lo
	}
	return lo, hi, count
}

type avgPoolJob[T Float] struct {
	Pool
	x, y []T
}

func (j *avgPoolJob[T]) run(lo, hi int) {
	p := j.Pool
	if isSingle[T]() && avgPoolVec(p, lo, hi, float32s(j.x), float32s(j.y)) {
		return
	}
	for plane := lo; plane < hi; plane++ {
		avgPoolPlane(p, j.x[plane*p.H*p.W:(plane+1)*p.H*p.W], j.y[plane*p.OH*p.OW:(plane+1)*p.OH*p.OW])
	}
}

func avgPoolPlane[T Float](p Pool, x, y []T) {
	for oh := range p.OH {
		h0, h1, hc := avgWindow(oh, p.KH, p.SH, p.PH, p.H, p.CountIncludePad)
		for ow := range p.OW {
			w0, w1, wc := avgWindow(ow, p.KW, p.SW, p.PW, p.W, p.CountIncludePad)
			var s T
			if h0 < h1 && w0 < w1 {
				for h := h0; h < h1; h++ {
					for _, v := range x[h*p.W+w0 : h*p.W+w1] {
						s += v
					}
				}
				s /= T(hc) * T(wc)
			}
			y[oh*p.OW+ow] = s
		}
	}
}

// AvgPoolForward averages each window by PyTorch's rules: the divisor is the
// number of elements in the image, or with CountIncludePad in the padded
// image. Dilation is not looked at.
// x: (N, C, H, W); y: (N, C, OH, OW).
func AvgPoolForward[T Float](p Pool, x, y []T) {
	p = p.normal()
	parallel(p.N*p.C, p.grain(), avgPoolJob[T]{p, x, y})
}

type avgPoolBackwardJob[T Float] struct {
	Pool
	dy, dx []T
}

func (j *avgPoolBackwardJob[T]) run(lo, hi int) {
	p := j.Pool
	if isSingle[T]() && avgPoolBackwardVec(p, lo, hi, float32s(j.dy), float32s(j.dx)) {
		return
	}
	for plane := lo; plane < hi; plane++ {
		avgPoolBackwardPlane(p, j.dy[plane*p.OH*p.OW:(plane+1)*p.OH*p.OW], j.dx[plane*p.H*p.W:(plane+1)*p.H*p.W])
	}
}

func avgPoolBackwardPlane[T Float](p Pool, dy, dx []T) {
	clear(dx)
	for oh := range p.OH {
		h0, h1, hc := avgWindow(oh, p.KH, p.SH, p.PH, p.H, p.CountIncludePad)
		for ow := range p.OW {
			w0, w1, wc := avgWindow(ow, p.KW, p.SW, p.PW, p.W, p.CountIncludePad)
			if h0 >= h1 || w0 >= w1 {
				continue
			}
			g := dy[oh*p.OW+ow] / (T(hc) * T(wc))
			for h := h0; h < h1; h++ {
				row := dx[h*p.W+w0 : h*p.W+w1]
				for i := range row {
					row[i] += g
				}
			}
		}
	}
}

// AvgPoolBackward spreads each dy evenly over its window.
// dy: (N, C, OH, OW); dx: (N, C, H, W).
func AvgPoolBackward[T Float](p Pool, dy, dx []T) {
	p = p.normal()
	parallel(p.N*p.C, p.grain(), avgPoolBackwardJob[T]{p, dy, dx})
}

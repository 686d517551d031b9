package kernel

// adaptiveWindow is the o-th of out windows that cover size elements: they
// overlap where out does not divide size.
func adaptiveWindow(o, out, size int) (lo, hi int) {
	return o * size / out, ((o+1)*size + out - 1) / out
}

type adaptiveJob[T Float] struct {
	h, w, oh, ow int
	x, y         []T
}

func (j *adaptiveJob[T]) run(lo, hi int) {
	hw := j.h * j.w
	for plane := lo; plane < hi; plane++ {
		x := j.x[plane*hw : (plane+1)*hw]
		if j.oh == 1 && j.ow == 1 {
			j.y[plane] = T(sumRange(x) / float64(hw))
			continue
		}
		y := j.y[plane*j.oh*j.ow : (plane+1)*j.oh*j.ow]
		for oh := range j.oh {
			h0, h1 := adaptiveWindow(oh, j.oh, j.h)
			for ow := range j.ow {
				w0, w1 := adaptiveWindow(ow, j.ow, j.w)
				var s T
				for h := h0; h < h1; h++ {
					for _, v := range x[h*j.w+w0 : h*j.w+w1] {
						s += v
					}
				}
				y[oh*j.ow+ow] = s / T((h1-h0)*(w1-w0))
			}
		}
	}
}

// AdaptiveAvgPoolForward averages oh×ow windows of nearly equal size that
// cover the image: 1×1 is global average pooling.
// x: (n, c, h, w); y: (n, c, oh, ow).
func AdaptiveAvgPoolForward[T Float](n, c, h, w, oh, ow int, x, y []T) {
	parallel(n*c, planeGrain(h*w), adaptiveJob[T]{h, w, oh, ow, x, y})
}

type adaptiveBackwardJob[T Float] struct {
	h, w, oh, ow int
	dy, dx       []T
}

func (j *adaptiveBackwardJob[T]) run(lo, hi int) {
	hw := j.h * j.w
	for plane := lo; plane < hi; plane++ {
		dx := j.dx[plane*hw : (plane+1)*hw]
		if j.oh == 1 && j.ow == 1 {
			fill(dx, j.dy[plane]/T(hw))
			continue
		}
		clear(dx)
		dy := j.dy[plane*j.oh*j.ow : (plane+1)*j.oh*j.ow]
		for oh := range j.oh {
			h0, h1 := adaptiveWindow(oh, j.oh, j.h)
			for ow := range j.ow {
				w0, w1 := adaptiveWindow(ow, j.ow, j.w)
				g := dy[oh*j.ow+ow] / T((h1-h0)*(w1-w0))
				for h := h0; h < h1; h++ {
					row := dx[h*j.w+w0 : h*j.w+w1]
					for i := range row {
						row[i] += g
					}
				}
			}
		}
	}
}

// AdaptiveAvgPoolBackward spreads each dy evenly over its window.
// dy: (n, c, oh, ow); dx: (n, c, h, w).
func AdaptiveAvgPoolBackward[T Float](n, c, h, w, oh, ow int, dy, dx []T) {
	parallel(n*c, planeGrain(h*w), adaptiveBackwardJob[T]{h, w, oh, ow, dy, dx})
}

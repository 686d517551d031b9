package kernel

type maxoutJob[T Float] struct {
	pieces, hw int
	x, y       []T
}

func (j *maxoutJob[T]) run(lo, hi int) {
	hw := j.hw
	for p := lo; p < hi; p++ {
		x, y := j.x[p*j.pieces*hw:(p+1)*j.pieces*hw], j.y[p*hw:(p+1)*hw]
		copy(y, x)
		for k := 1; k < j.pieces; k++ {
			maxRange(x[k*hw:(k+1)*hw], y)
		}
	}
}

// MaxoutForward takes the largest of each group of consecutive channels:
// y[n,j] = max over k of x[n, j·pieces+k].
// x: (n, c·pieces, hw); y: (n, c, hw). (Goodfellow et al. 2013, arXiv:1302.4389)
func MaxoutForward[T Float](n, c, pieces, hw int, x, y []T) {
	parallel(n*c, planeGrain(pieces*hw), maxoutJob[T]{pieces, hw, x, y})
}

type maxoutBackwardJob[T Float] struct {
	pieces, hw int
	x, dy, dx  []T
}

func (j *maxoutBackwardJob[T]) run(lo, hi int) {
	hw := j.hw
	for p := lo; p < hi; p++ {
		from, to := p*j.pieces*hw, (p+1)*j.pieces*hw
		x, dx, dy := j.x[from:to], j.dx[from:to], j.dy[p*hw:(p+1)*hw]
		for i, g := range dy {
			best, m := 0, x[i]
			dx[i] = 0
			for k := 1; k < j.pieces; k++ {
				v := x[k*hw+i]
				dx[k*hw+i] = 0
				if v > m || (v != v && m == m) {
					best, m = k, v
				}
			}
			dx[best*hw+i] = g
		}
	}
}

// MaxoutBackward sends dy to the first channel of each group that holds its
// maximum. x, dx: (n, c·pieces, hw); dy: (n, c, hw).
func MaxoutBackward[T Float](n, c, pieces, hw int, x, dy, dx []T) {
	parallel(n*c, planeGrain(pieces*hw), maxoutBackwardJob[T]{pieces, hw, x, dy, dx})
}

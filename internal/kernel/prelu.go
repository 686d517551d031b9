package kernel

type preluJob[T Float] struct {
	c, hw       int
	x, slope, y []T
}

func (j *preluJob[T]) run(lo, hi int) {
	for p := lo; p < hi; p++ {
		a := Act{Kind: ActLeakyReLU, A: float64(j.slope[min(p%j.c, len(j.slope)-1)])}
		actRange(a, j.x[p*j.hw:(p+1)*j.hw], j.y[p*j.hw:(p+1)*j.hw])
	}
}

// PReLUForward computes y = x for x > 0, else slope·x, with one slope for all
// (len(slope) 1) or one a channel.
// x, y: (n, c, hw); slope: (1) or (c).
func PReLUForward[T Float](n, c, hw int, x, slope, y []T) {
	parallel(n*c, planeGrain(hw), preluJob[T]{c, hw, x, slope, y})
}

type preluBackwardJob[T Float] struct {
	c, hw            int
	x, slope, dy, dx []T
}

func (j *preluBackwardJob[T]) run(lo, hi int) {
	for p := lo; p < hi; p++ {
		a := Act{Kind: ActLeakyReLU, A: float64(j.slope[min(p%j.c, len(j.slope)-1)])}
		from, to := p*j.hw, (p+1)*j.hw
		actBackwardRange(a, j.x[from:to], j.dy[from:to], j.dx[from:to])
	}
}

// PReLUBackward computes the gradient of PReLUForward's x:
// dx = dy for x > 0, else slope·dy.
func PReLUBackward[T Float](n, c, hw int, x, slope, dy, dx []T) {
	parallel(n*c, planeGrain(hw), preluBackwardJob[T]{c, hw, x, slope, dy, dx})
}

// PReLUBackwardSlope computes the gradient of PReLUForward's slope, which is
// the sum of x·dy over x ≤ 0. dslope: (1) or (c), like slope.
func PReLUBackwardSlope[T Float](n, c, hw int, x, dy, dslope []T) {
	sums := scratch64.take(c)
	defer scratch64.give(sums)
	Parallel(c, planeGrain(n*hw), func(lo, hi int) {
		for ch := lo; ch < hi; ch++ {
			var s float64
			for i := range n {
				from := (i*c + ch) * hw
				xs, g := x[from:from+hw], dy[from:from+hw]
				for k, v := range xs {
					if v <= 0 {
						s += float64(v) * float64(g[k])
					}
				}
			}
			sums[ch] = s
		}
	})
	if len(dslope) > 1 {
		for ch, s := range sums {
			dslope[ch] = T(s)
		}
		return
	}
	var total float64
	for _, s := range sums {
		total += s
	}
	dslope[0] = T(total)
}

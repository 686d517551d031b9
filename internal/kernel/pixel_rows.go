package kernel

// at is the first c channels of pixel i.
func (p Pixels) at(i, c int) []float32 {
	from := i * p.Stride
	return p.Data[from : from+c : from+c]
}

// span is pixels [lo, hi) of c channels, which lie without gaps.
func (p Pixels) span(lo, hi, c int) []float32 { return p.Data[lo*c : hi*c : hi*c] }

// dense reports whether all pixels lie without gaps between their channels.
func dense(c int, ps ...Pixels) bool {
	for _, p := range ps {
		if p.Stride != c {
			return false
		}
	}
	return true
}

// pixelGrain is the number of pixels of c channels that are worth a thread, by
// the number of elements that are.
func pixelGrain(c, elements int) int { return max(1, elements/max(c, 1)) }

// sameData reports whether two slices begin at the same place.
func sameData(a, b []float32) bool { return len(a) > 0 && len(b) > 0 && &a[0] == &b[0] }

type pixelActJob struct {
	a    Act
	c    int
	x, y Pixels
}

func (j *pixelActJob) run(lo, hi int) {
	if dense(j.c, j.x, j.y) {
		actRange(j.a, j.x.span(lo, hi, j.c), j.y.span(lo, hi, j.c))
		return
	}
	if low, high, ok := j.a.bounds(); ok {
		x, y := j.x.piece(lo, hi, j.c), j.y.piece(lo, hi, j.c)
		if vecClampPixels(&x[0], 4*j.x.Stride, &y[0], 4*j.y.Stride, j.c, hi-lo, low, high) {
			return
		}
	}
	for i := lo; i < hi; i++ {
		actRange(j.a, j.x.at(i, j.c), j.y.at(i, j.c))
	}
}

// piece is pixels [lo, hi), up to the last one's c-th channel.
func (p Pixels) piece(lo, hi, c int) []float32 {
	return p.Data[lo*p.Stride : (hi-1)*p.Stride+c]
}

// PixelAct computes y = f(x) for n pixels of c channels. x and y may be the
// same. The identity copies.
func PixelAct(a Act, n, c int, x, y Pixels) {
	if c > 0 {
		parallel(n, pixelGrain(c, a.grain()), pixelActJob{a, c, x, y})
	}
}

// pixelAddJob holds its terms by value, as addNJob does.
type pixelAddJob struct {
	a     Act
	c     int
	y     Pixels
	xs    [8]Pixels
	terms int
}

// run makes the sums a cache block at a time, so that y goes to memory once.
func (j *pixelAddJob) run(lo, hi int) {
	step := max(1, actBlock/j.c)
	for ; lo < hi; lo += step {
		end := min(lo+step, hi)
		for k := 1; k < j.terms; k++ {
			first, act := j.y, Act{}
			if k == 1 {
				first = j.xs[0]
			}
			if k == j.terms-1 {
				act = j.a
			}
			addPixels(act, lo, end, j.c, first, j.xs[k], j.y)
		}
	}
}

// addPixels computes y = f(a + b) for pixels [lo, hi).
func addPixels(f Act, lo, hi, c int, a, b, y Pixels) {
	low, high, clamps := f.bounds()
	out := y.piece(lo, hi, c)
	if vecAddPixels(&a.piece(lo, hi, c)[0], 4*a.Stride, &b.piece(lo, hi, c)[0], 4*b.Stride, &out[0], 4*y.Stride, c, hi-lo, low, high) {
		if clamps {
			return
		}
	} else {
		for i := lo; i < hi; i++ {
			addRange(a.at(i, c), b.at(i, c), y.at(i, c))
		}
	}
	actPixels(f, lo, hi, c, y)
}

// actPixels computes y = f(y) for pixels [lo, hi).
func actPixels(f Act, lo, hi, c int, y Pixels) {
	if f.Kind != ActIdentity {
		(&pixelActJob{f, c, y, y}).run(lo, hi)
	}
}

// PixelAdd computes y = f(xs[0] + xs[1] + ...), added in that order, for n
// pixels of c channels. y may be one of the first two.
func PixelAdd(a Act, n, c int, y Pixels, xs ...Pixels) {
	if c == 0 {
		return
	}
	if len(xs) == 1 {
		PixelAct(a, n, c, xs[0], y)
		return
	}
	for len(xs) > 1 {
		j := pixelAddJob{c: c, y: y}
		j.terms = copy(j.xs[:], xs)
		xs = xs[j.terms:]
		if len(xs) == 0 {
			j.a = a
		} else { // the sum so far goes on as the first term
			xs = append([]Pixels{y}, xs...)
		}
		parallel(n, pixelGrain(c, a.grain()), j)
	}
}

type pixelAffineJob struct {
	a            Act
	c            int
	x            Pixels
	scale, shift []float32
	y            Pixels
}

func (j *pixelAffineJob) run(lo, hi int) {
	low, high, clamps := j.a.bounds()
	step := max(1, actBlock/j.c)
	for ; lo < hi; lo += step {
		end := min(lo+step, hi)
		x, y := j.x.piece(lo, end, j.c), j.y.piece(lo, end, j.c)
		if vecAffinePixels(&x[0], 4*j.x.Stride, &j.scale[0], 0, &j.shift[0], 0, &y[0], 4*j.y.Stride, j.c, end-lo, low, high) {
			if clamps {
				continue
			}
		} else {
			for i := lo; i < end; i++ {
				mulRange(j.x.at(i, j.c), j.scale, j.y.at(i, j.c))
				addRange(j.y.at(i, j.c), j.shift, j.y.at(i, j.c))
			}
		}
		actPixels(j.a, lo, end, j.c, j.y)
	}
}

// PixelAffine computes y = f(x·scale + shift), a number of each for a channel,
// for n pixels of c channels: batch norm in inference. y may be x.
func PixelAffine(a Act, n, c int, x Pixels, scale, shift []float32, y Pixels) {
	if c > 0 {
		parallel(n, pixelGrain(c, a.grain()), pixelAffineJob{a, c, x, scale[:c], shift[:c], y})
	}
}

type pixelScaleJob struct {
	c, hw int
	x     Pixels
	s     []float32
	y     Pixels
}

func (j *pixelScaleJob) run(lo, hi int) {
	low, high, _ := Act{}.bounds()
	for lo < hi {
		img := lo / j.hw
		end := min(hi, (img+1)*j.hw)
		s := j.s[img*j.c : (img+1)*j.c]
		x, y := j.x.piece(lo, end, j.c), j.y.piece(lo, end, j.c)
		if !vecMulPixels(&x[0], 4*j.x.Stride, &s[0], 0, &y[0], 4*j.y.Stride, j.c, end-lo, low, high) {
			for i := lo; i < end; i++ {
				mulRange(j.x.at(i, j.c), s, j.y.at(i, j.c))
			}
		}
		lo = end
	}
}

// PixelScale computes y = x · s, one factor for each channel of each of n
// images of hw pixels of c channels. y may be x. s: (n, c).
func PixelScale(n, c, hw int, x Pixels, s []float32, y Pixels) {
	if c > 0 {
		parallel(n*hw, pixelGrain(c, elementGrain), pixelScaleJob{c, hw, x, s, y})
	}
}

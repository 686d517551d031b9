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
	for i := lo; i < hi; i++ {
		actRange(j.a, j.x.at(i, j.c), j.y.at(i, j.c))
	}
}

// PixelAct computes y = f(x) for n pixels of c channels. x and y may be the
// same. The identity copies.
func PixelAct(a Act, n, c int, x, y Pixels) {
	parallel(n, pixelGrain(c, a.grain()), pixelActJob{a, c, x, y})
}

// pixelAddJob holds its terms by value, as addNJob does.
type pixelAddJob struct {
	a     Act
	c     int
	y     Pixels
	xs    [8]Pixels
	terms int
}

func (j *pixelAddJob) run(lo, hi int) {
	flat := dense(j.c, j.y) && dense(j.c, j.xs[:j.terms]...)
	step := 1
	if flat {
		step = max(1, actBlock/j.c)
	}
	for ; lo < hi; lo += step {
		end := min(lo+step, hi)
		var terms [8][]float32
		for k, x := range j.xs[:j.terms] {
			if flat {
				terms[k] = x.span(lo, end, j.c)
			} else {
				terms[k] = x.at(lo, j.c)
			}
		}
		y := j.y.at(lo, j.c)
		if flat {
			y = j.y.span(lo, end, j.c)
		}
		if j.a.Kind == ActReLU && j.terms == 2 && vecAddReLU(terms[0], terms[1], y) {
			continue
		}
		addRange(terms[0], terms[1], y)
		for _, x := range terms[2:j.terms] {
			addRange(y, x, y)
		}
		if j.a.Kind != ActIdentity {
			actRange(j.a, y, y)
		}
	}
}

// PixelAdd computes y = f(xs[0] + xs[1] + ...), added in that order, for n
// pixels of c channels. y may be one of the first two.
func PixelAdd(a Act, n, c int, y Pixels, xs ...Pixels) {
	if len(xs) == 1 {
		PixelAct(a, n, c, xs[0], y)
		return
	}
	for first := true; len(xs) > 1 || first; first = false {
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
	c, perImage  int // pixels that share their factors; 0: all do
	x            Pixels
	scale, shift []float32
	y            Pixels
}

func (j *pixelAffineJob) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		x, y, scale := j.x.at(i, j.c), j.y.at(i, j.c), j.scale
		if j.perImage > 0 {
			scale = scale[i/j.perImage*j.c:]
		}
		mulRange(x, scale[:j.c], y)
		if j.shift != nil {
			addRange(y, j.shift, y)
		}
		if j.a.Kind != ActIdentity {
			actRange(j.a, y, y)
		}
	}
}

// PixelAffine computes y = f(x·scale + shift), a number of each for a channel,
// for n pixels of c channels: batch norm in inference. y may be x.
func PixelAffine(a Act, n, c int, x Pixels, scale, shift []float32, y Pixels) {
	parallel(n, pixelGrain(c, a.grain()), pixelAffineJob{a, c, 0, x, scale[:c], shift[:c], y})
}

// PixelScale computes y = x · s, one factor for each channel of each of n
// images of hw pixels of c channels. y may be x. s: (n, c).
func PixelScale(n, c, hw int, x Pixels, s []float32, y Pixels) {
	parallel(n*hw, pixelGrain(c, elementGrain), pixelAffineJob{Act{}, c, hw, x, s, nil, y})
}

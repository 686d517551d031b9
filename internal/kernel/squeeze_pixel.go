package kernel

// meanTaps is the number of pixels that are added up at a time: a sum of sums
// rounds less than one long one.
const meanTaps = 32

// pixelSumJob adds up the pixels of images, each cut into parts.
type pixelSumJob struct {
	c, hw, parts int
	x            Pixels
	sums         []float32 // (images, parts, c)
}

func (j *pixelSumJob) run(lo, hi int) {
	var taps [2 * meanTaps]int // pairs, of which the second is for weights
	for t := range meanTaps {
		taps[2*t] = 4 * t * j.x.Stride
	}
	more := scratch32.take(j.c)
	for i := lo; i < hi; i++ {
		img, part := i/j.parts, i%j.parts
		from, to := img*j.hw+part*j.hw/j.parts, img*j.hw+(part+1)*j.hw/j.parts
		sum := j.sums[i*j.c : (i+1)*j.c]
		clear(sum)
		for at := from; at < to; at += meanTaps {
			n := min(meanTaps, to-at)
			if isa != nil {
				vecWindowSum1(&j.x.Data[at*j.x.Stride], 0, &taps[0], n, &more[0], 0, j.c, 1, 1)
			} else {
				clear(more)
				for p := at; p < at+n; p++ {
					addRange(more, j.x.at(p, j.c), more)
				}
			}
			addRange(sum, more, sum)
		}
	}
	scratch32.give(more)
}

// pixelMeans computes each channel's mean (n, c) over images of hw pixels.
func pixelMeans(n, c, hw int, x Pixels, mean []float32) {
	// So many parts that all threads have some, none too small.
	parts := max(1, min((Threads()+n-1)/n, c*hw/elementGrain))
	sums := scratch32.take(n * parts * c)
	parallel(n*parts, max(1, elementGrain*parts/(c*hw)), pixelSumJob{c, hw, parts, x, sums})
	for i := range n {
		y := mean[i*c : (i+1)*c]
		scale := 1 / float32(hw)
		for p := range parts {
			s := sums[(i*parts+p)*c:][:c]
			if p == 0 {
				copy(y, s)
			} else {
				addRange(y, s, y)
			}
		}
		scaleRange(scale, y, y)
	}
	scratch32.give(sums)
}

// PixelSqueezeExcite is SqueezeExcite for images with channels last. sum has
// no Data if there is none; y may be x but not sum.
func PixelSqueezeExcite(q Squeeze[float32], x, sum, y Pixels) {
	step := q.imagesAtOnce(q.HW * x.Stride)
	s := scratch32.take(2 * step * q.C)
	mean, gate := s[:step*q.C], s[step*q.C:]
	for i := 0; i < q.N; i += step {
		n := min(step, q.N-i)
		j := pixelExciteJob{c: q.C, hw: q.HW, f: q.Out, x: x.after(i * q.HW), s: gate, y: y.after(i * q.HW)}
		if sum.Data != nil {
			j.sum = sum.after(i * q.HW)
		}
		pixelMeans(n, q.C, q.HW, j.x, mean)
		q.gates(n, mean, gate)
		parallel(n*q.HW, pixelGrain(q.C, elementGrain), j)
	}
	scratch32.give(s)
}

// after is the images from pixel n on.
func (p Pixels) after(n int) Pixels { return Pixels{Data: p.Data[n*p.Stride:], Stride: p.Stride} }

// pixelExciteJob scales pixels, a cache block at a time so that y goes to memory
// once.
type pixelExciteJob struct {
	c, hw  int
	f      Act
	x      Pixels
	s      []float32
	sum, y Pixels
}

func (j *pixelExciteJob) run(lo, hi int) {
	first := Act{}
	if j.sum.Data == nil {
		first = j.f
	}
	low, high, clamps := first.bounds()
	step := max(1, actBlock/j.c)
	for lo < hi {
		img := lo / j.hw
		end := min(lo+step, hi, (img+1)*j.hw)
		s := j.s[img*j.c : (img+1)*j.c]
		x, y := j.x.piece(lo, end, j.c), j.y.piece(lo, end, j.c)
		if !vecMulPixels(&x[0], 4*j.x.Stride, &s[0], 0, &y[0], 4*j.y.Stride, j.c, end-lo, low, high) {
			clamps = false
			for i := lo; i < end; i++ {
				mulRange(j.x.at(i, j.c), s, j.y.at(i, j.c))
			}
		}
		if j.sum.Data != nil {
			addPixels(j.f, lo, end, j.c, j.y, j.sum, j.y)
		} else if !clamps {
			actPixels(j.f, lo, end, j.c, j.y)
		}
		lo = end
	}
}

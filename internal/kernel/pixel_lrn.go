package kernel

type pixelLRNJob struct {
	c, size        int
	alpha, beta, k float64
	x, y           Pixels
}

// run copies each pixel between zeros, so that every window is a whole one.
func (j *pixelLRNJob) run(lo, hi int) {
	size := min(j.size, 2*j.c) // a wider window holds nothing more
	before := size / 2
	wide := scratch32.take(j.c + size)
	squares := scratch32.take(j.c)
	clear(wide)
	alpha, k := float32(j.alpha/float64(j.size)), float32(j.k)
	for i := lo; i < hi; i++ {
		x, y := j.x.at(i, j.c), j.y.at(i, j.c)
		copy(wide[before:], x)
		if j.beta == 0.75 && vecLRN(&wide[0], 1, size, j.c, &wide[before], alpha, k, &y[0]) {
			continue
		}
		clear(squares)
		for t := range size {
			addProductRange(wide[t:t+j.c], wide[t:t+j.c], squares)
		}
		for ch, s := range squares {
			squares[ch] = s*alpha + k
		}
		powerRange(j.beta, squares, squares)
		mulRange(x, squares, y)
	}
	scratch32.give(wide)
	scratch32.give(squares)
}

// PixelLRN is LRNForward for n pixels of c channels. y may be x.
func PixelLRN(n, c, size int, alpha, beta, k float64, x, y Pixels) {
	parallel(n, pixelGrain(c, elementGrain/4), pixelLRNJob{c, size, alpha, beta, k, x, y})
}

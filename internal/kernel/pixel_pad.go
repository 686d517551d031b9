package kernel

type pixelPadJob struct {
	Pad
	c    int
	x, y Pixels
}

// run makes rows of pixels.
func (j *pixelPadJob) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		img, row := i/j.OH, i%j.OH-j.Top
		inside := row >= 0 && row < j.H
		for col := range j.OW {
			y := j.y.at(i*j.OW+col, j.c)
			if at := col - j.Left; inside && at >= 0 && at < j.W {
				copy(y, j.x.at((img*j.H+row)*j.W+at, j.c))
			} else {
				clear(y)
			}
		}
	}
}

// PixelPad puts zeros around n images of c channels. x: (n, H, W, x.Stride);
// y: (n, OH, OW, y.Stride).
func PixelPad(p Pad, n, c int, x, y Pixels) {
	if c > 0 {
		parallel(n*p.OH, planeGrain(p.OW*c), pixelPadJob{p, c, x, y})
	}
}

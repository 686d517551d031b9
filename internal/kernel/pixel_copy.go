package kernel

type pixelCopyJob struct {
	c    int
	x, y Pixels // without x, zeros
}

func (j *pixelCopyJob) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		if j.x.Data == nil {
			clear(j.y.at(i, j.c))
		} else {
			copy(j.y.at(i, j.c), j.x.at(i, j.c))
		}
	}
}

// PixelCopy copies c channels of n pixels. Where x and y are the same memory,
// there is nothing to do: a memory plan may have put them there.
func PixelCopy(n, c int, x, y Pixels) {
	if x.Stride == y.Stride && sameData(x.Data, y.Data) {
		return
	}
	parallel(n, pixelGrain(c, elementGrain), pixelCopyJob{c, x, y})
}

// PixelZero clears c channels of n pixels.
func PixelZero(n, c int, y Pixels) {
	if c > 0 {
		parallel(n, pixelGrain(c, elementGrain), pixelCopyJob{c: c, y: y})
	}
}

// Channels is the pixels from channel c on.
func (p Pixels) Channels(c int) Pixels { return p.from(c) }

type pixelSubsampleJob struct {
	c, h, w, sh, sw int
	x, y            Pixels
}

func (j *pixelSubsampleJob) run(lo, hi int) {
	oh, ow := (j.h-1)/j.sh+1, (j.w-1)/j.sw+1
	for row := lo; row < hi; row++ {
		from := (row/oh*j.h + row%oh*j.sh) * j.w
		for k := range ow {
			copy(j.y.at(row*ow+k, j.c), j.x.at(from+k*j.sw, j.c))
		}
	}
}

// PixelSubsample keeps every sh-th row and sw-th column of n images of c
// channels. x: (n, h, w, x.Stride); y: (n, ⌈h/sh⌉, ⌈w/sw⌉, y.Stride).
func PixelSubsample(n, c, h, w, sh, sw int, x, y Pixels) {
	parallel(n*((h-1)/sh+1), pixelGrain(c*((w-1)/sw+1), elementGrain), pixelSubsampleJob{c, h, w, sh, sw, x, y})
}

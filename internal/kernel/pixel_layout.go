package kernel

// pixelBlock is the number of pixels that are transposed at a time.
const pixelBlock = 64

type pixelLayoutJob struct {
	c, hw  int
	planes []float32
	pixels Pixels
	back   bool // to planes
}

func (j *pixelLayoutJob) run(lo, hi int) {
	blocks := (j.hw + pixelBlock - 1) / pixelBlock
	set := currentTiles()
	for b := lo; b < hi; b++ {
		img, from := b/blocks, b%blocks*pixelBlock
		n := min(pixelBlock, j.hw-from)
		planes := j.planes[img*j.c*j.hw+from:]
		pixels, s := j.pixels.Data[(img*j.hw+from)*j.pixels.Stride:], j.pixels.Stride
		switch {
		case j.c == 3 && s == 3 && !j.back:
			interleave3(pixels[:3*n], planes, planes[j.hw:], planes[2*j.hw:])
		case set != nil && j.back:
			set.transposeTo(planes, j.hw, pixels, s, n, j.c, false)
		case set != nil:
			set.transposeTo(pixels, s, planes, j.hw, j.c, n, false)
		case j.back:
			for ch := range j.c {
				for i := range n {
					planes[ch*j.hw+i] = pixels[i*s+ch]
				}
			}
		default:
			for ch := range j.c {
				for i := range n {
					pixels[i*s+ch] = planes[ch*j.hw+i]
				}
			}
		}
	}
}

// interleave3 writes pixels of three planes: red, green and blue.
func interleave3(y, r, g, b []float32) {
	n := len(y) / 3
	r, g, b = r[:n], g[:n], b[:n]
	for i, v := range r {
		p := y[3*i : 3*i+3 : 3*i+3]
		p[0], p[1], p[2] = v, g[i], b[i]
	}
}

func (j pixelLayoutJob) start(n int) {
	blocks := (j.hw + pixelBlock - 1) / pixelBlock
	parallel(n*blocks, max(1, elementGrain/(pixelBlock*max(j.c, 1))), j)
}

// PixelsFromPlanes copies n images of c channels of hw pixels each to pixels.
// x: (n, c, hw); y: (n, hw, y.Stride).
func PixelsFromPlanes(n, c, hw int, x []float32, y Pixels) {
	pixelLayoutJob{c, hw, x, y, false}.start(n)
}

// PlanesFromPixels is PixelsFromPlanes' way back.
// x: (n, hw, x.Stride); y: (n, c, hw).
func PlanesFromPixels(n, c, hw int, x Pixels, y []float32) {
	pixelLayoutJob{c, hw, y, x, true}.start(n)
}

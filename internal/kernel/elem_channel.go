package kernel

type channelSumJob[T Float] struct {
	n, c, hw int
	dy, db   []T
}

func (j *channelSumJob[T]) run(lo, hi int) {
	if j.hw == 1 { // rows of a matrix: go along them, not down the columns
		var sums [64]float64
		for ; lo < hi; lo += len(sums) {
			s := sums[:min(len(sums), hi-lo)]
			clear(s)
			for i := range j.n {
				for k, v := range j.dy[i*j.c+lo : i*j.c+lo+len(s)] {
					s[k] += float64(v)
				}
			}
			for k, v := range s {
				j.db[lo+k] = T(v)
			}
		}
		return
	}
	sums := scratch64.take(hi - lo)
	clear(sums)
	images := imagesAtOnce(j.n, j.hw)
	for i := 0; i < j.n; i += images {
		for k := range sums {
			sums[k] += sumPlanes(j.dy[(i*j.c+lo+k)*j.hw:], j.hw, images, j.c*j.hw)
		}
	}
	for k, s := range sums {
		j.db[lo+k] = T(s)
	}
	scratch64.give(sums)
}

// ChannelSum adds up each channel, which is the gradient of a bias.
// dy: (n, c, hw); db: (c).
func ChannelSum[T Float](n, c, hw int, dy, db []T) {
	parallel(c, planeGrain(n*hw), channelSumJob[T]{n, c, hw, dy, db})
}

type addChannelJob[T Float] struct {
	c, hw      int
	x, bias, y []T
}

func (j *addChannelJob[T]) run(lo, hi int) {
	if j.hw == 1 {
		for at := lo; at < hi; {
			ch := at % j.c
			end := min(at+j.c-ch, hi)
			addRange(j.x[at:end], j.bias[ch:ch+end-at], j.y[at:end])
			at = end
		}
		return
	}
	for p := lo; p < hi; {
		ch := p % j.c
		planes := min(j.c-ch, hi-p) // to the end of the image
		addPlanes(j.hw, j.bias[ch:ch+planes], j.x[p*j.hw:(p+planes)*j.hw], j.y[p*j.hw:(p+planes)*j.hw])
		p += planes
	}
}

// AddChannel computes y = x + bias, one bias a channel. y may be x.
// x, y: (n, c, hw); bias: (c).
func AddChannel[T Float](n, c, hw int, x, bias, y []T) {
	parallel(n*c, planeGrain(hw), addChannelJob[T]{c, hw, x, bias, y})
}

type scaleChannelJob[T Float] struct {
	hw      int
	x, s, y []T
}

func (j *scaleChannelJob[T]) run(lo, hi int) {
	if j.hw == 1 {
		mulRange(j.x[lo:hi], j.s[lo:hi], j.y[lo:hi])
		return
	}
	for p := lo; p < hi; p++ {
		scaleRange(j.s[p], j.x[p*j.hw:(p+1)*j.hw], j.y[p*j.hw:(p+1)*j.hw])
	}
}

// ScaleChannel computes y = x · s, one factor for each channel of each image,
// as in a squeeze-and-excitation block. y may be x.
// x, y: (n, c, hw); s: (n, c).
func ScaleChannel[T Float](n, c, hw int, x, s, y []T) {
	parallel(n*c, planeGrain(hw), scaleChannelJob[T]{hw, x, s, y})
}

type scaleChannelBackwardJob[T Float] struct {
	hw        int
	x, dy, ds []T
}

func (j *scaleChannelBackwardJob[T]) run(lo, hi int) {
	if j.hw == 1 {
		mulRange(j.x[lo:hi], j.dy[lo:hi], j.ds[lo:hi])
		return
	}
	for p := lo; p < hi; p++ {
		j.ds[p] = T(dotRange(j.x[p*j.hw:(p+1)*j.hw], j.dy[p*j.hw:(p+1)*j.hw]))
	}
}

// ScaleChannelBackwardScale computes the gradient of ScaleChannel's s:
// ds = sum over the plane of x·dy. (That of x is ScaleChannel of dy.)
// x, dy: (n, c, hw); ds: (n, c).
func ScaleChannelBackwardScale[T Float](n, c, hw int, x, dy, ds []T) {
	parallel(n*c, planeGrain(hw), scaleChannelBackwardJob[T]{hw, x, dy, ds})
}

// bigPlane is the number of elements of a plane from which on a reduction goes
// through memory in order, image by image, rather than channel by channel: the
// hardware foresees where it will read, and calls cost little against planes.
const bigPlane = 512

// imagesAtOnce is the number of images that a reduction takes of one channel
// before it goes to the next.
func imagesAtOnce(n, hw int) int {
	if hw >= bigPlane {
		return 1
	}
	return n
}

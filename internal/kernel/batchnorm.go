package kernel

import "math"

// Batch norm's kernels split the work by channel: one thread sees all of a
// channel's planes, so its sums need no merging between threads.

func bnGrain(n, hw int) int { return planeGrain(n * hw) }

type bnStatsJob[T Float] struct {
	n, c, hw          int
	x, mean, variance []T
}

func (j *bnStatsJob[T]) run(lo, hi int) {
	if isSingle[T]() && isa != nil && j.hw > 0 {
		j.onePass(lo, hi)
		return
	}
	count := float64(j.n * j.hw)
	for ch := lo; ch < hi; ch++ {
		var s float64
		for i := range j.n {
			s += sumRange(j.plane(i, ch))
		}
		mean := s / count
		s = 0
		for i := range j.n {
			s += squaresRange(j.plane(i, ch), mean)
		}
		j.mean[ch], j.variance[ch] = T(mean), T(s/count)
	}
}

func (j *bnStatsJob[T]) plane(i, ch int) []T {
	p := i*j.c + ch
	return j.x[p*j.hw : (p+1)*j.hw]
}

// onePass reads the channels once: with d = x - pivot the variance is the mean
// of d² less the square of the mean of d. What the subtraction loses is
// harmless because the pivot, the mean of the first images, lies among the
// values.
func (j *bnStatsJob[T]) onePass(lo, hi int) {
	channels := hi - lo
	lent := scratch64.take(3 * channels)
	pivots, sums, squares := lent[:channels], lent[channels:2*channels], lent[2*channels:]
	clear(lent)
	images, stride := imagesAtOnce(j.n, j.hw), j.c*j.hw
	for i := 0; i < j.n; i += images {
		for k := range channels {
			x := float32s(j.x[(i*j.c+lo+k)*j.hw:])
			if i == 0 {
				some := min(images, 1+256/j.hw)
				first, _ := vecSum(x, j.hw, some, stride)
				pivots[k] = float64(float32(first / float64(some*j.hw)))
			}
			s, q, _ := vecMoments(x, j.hw, images, stride, float32(pivots[k]))
			sums[k] += s
			squares[k] += q
		}
	}
	count := float64(j.n * j.hw)
	for k := range channels {
		d := sums[k] / count
		j.mean[lo+k], j.variance[lo+k] = T(pivots[k]+d), T(max(squares[k]/count-d*d, 0))
	}
	scratch64.give(lent)
}

// squaresRange is the sum of (x - mean)² in double precision.
func squaresRange[T Float](x []T, mean float64) float64 {
	var s float64
	for _, v := range x {
		d := float64(v) - mean
		s += d * d
	}
	return s
}

// BatchNormStats computes each channel's mean and biased variance (the mean
// of squared deviations).
// x: (n, c, hw); mean, variance: (c).
func BatchNormStats[T Float](n, c, hw int, x, mean, variance []T) {
	parallel(c, bnGrain(n, hw), bnStatsJob[T]{n, c, hw, x, mean, variance})
}

// bnScale lends the factors and terms of z = (x - mean)·scale + shift, one for
// each channel, in a slice of 2c.
func bnScale[T Float](variance, weight, bias []T, eps float64) (lent, scale, shift []T) {
	c := len(variance)
	lent = takeFloats[T](2 * c)
	scale, shift = lent[:c], lent[c:]
	for i, v := range variance {
		s := 1 / math.Sqrt(float64(v)+eps)
		if weight != nil {
			s *= float64(weight[i])
		}
		scale[i] = T(s)
	}
	if bias == nil {
		clear(shift)
	} else {
		copy(shift, bias)
	}
	return lent, scale, shift
}

type bnForwardJob[T Float] struct {
	c, hw                    int
	x, mean, scale, shift, y []T
	a                        Act
	stream                   bool
}

func (j *bnForwardJob[T]) run(lo, hi int) {
	for p := lo; p < hi; {
		ch := p % j.c
		end := min(ch+hi-p, j.c) // to the end of the image
		from, to := p*j.hw, (p+end-ch)*j.hw
		mean, scale, shift := j.mean[ch:end], j.scale[ch:end], j.shift[ch:end]
		if !isSingle[T]() || !affineVec(j.a, j.stream, j.hw, float32s(mean), float32s(scale), float32s(shift), float32s(j.x[from:to]), float32s(j.y[from:to])) {
			affinePlanes(j.a, j.hw, mean, scale, shift, j.x[from:to], j.y[from:to])
		}
		p += end - ch
	}
}

func affineVec(a Act, stream bool, n int, mean, scale, shift, x, y []float32) bool {
	switch {
	case a.Kind == ActReLU && stream:
		return vecAffineReLUStream(x, y, n, mean, scale, shift)
	case a.Kind == ActReLU:
		return vecAffineReLU(x, y, n, mean, scale, shift)
	case a.Kind == ActIdentity && stream:
		return vecAffineStream(x, y, n, mean, scale, shift)
	case a.Kind == ActIdentity:
		return vecAffine(x, y, n, mean, scale, shift)
	}
	return false
}

// affinePlanes computes y = f((x - mean)·scale + shift), with numbers of its
// own for each plane of n elements.
func affinePlanes[T Float](a Act, n int, mean, scale, shift, x, y []T) {
	for p, m := range mean {
		for at := p * n; at < (p+1)*n; at += actBlock {
			end := min(at+actBlock, (p+1)*n)
			affineRange(m, scale[p], shift[p], x[at:end], y[at:end])
			if a.Kind != ActIdentity {
				actRange(a, y[at:end], y[at:end])
			}
		}
	}
}

// bnPlaneGrain is for the kernels that go plane by plane.
func bnPlaneGrain(hw int, a Act) int { return min(planeGrain(hw), max(1, a.grain()/max(hw, 1))) }

// BatchNormForward computes
//
//	y = f((x - mean) / sqrt(variance + eps) · weight + bias)
//
// A nil weight is 1, a nil bias 0. y may be x.
// x, y: (n, c, hw); the others: (c). (Ioffe and Szegedy 2015, arXiv:1502.03167)
func BatchNormForward[T Float](n, c, hw int, x, mean, variance, weight, bias []T, eps float64, a Act, y []T) {
	lent, scale, shift := bnScale(variance[:c], weight, bias, eps)
	stream := isSingle[T]() && streams(float32s(y)[:n*c*hw/Threads()], float32s(x))
	parallel(n*c, bnPlaneGrain(hw, a), bnForwardJob[T]{c, hw, x, mean, scale, shift, y, a, stream})
	giveFloats(lent)
}

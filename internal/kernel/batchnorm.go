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
	count := float64(j.n * j.hw)
	for ch := lo; ch < hi; ch++ {
		if isSingle[T]() && j.onePass(ch, count) {
			continue
		}
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

// onePass reads the channel once: with d = x - pivot the variance is the mean
// of d² less the square of the mean of d. What the subtraction loses is
// harmless because the pivot, the mean of the first image, lies among the
// values.
func (j *bnStatsJob[T]) onePass(ch int, count float64) bool {
	first, ok := vecSum(float32s(j.plane(0, ch)))
	if !ok {
		return false
	}
	pivot := float32(first / float64(j.hw))
	var sum, squares float64
	for i := range j.n {
		s, q, _ := vecMoments(float32s(j.plane(i, ch)), pivot)
		sum += s
		squares += q
	}
	d := sum / count
	j.mean[ch], j.variance[ch] = T(float64(pivot)+d), T(max(squares/count-d*d, 0))
	return true
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

// BatchNormRunning moves the running statistics towards those of a batch of
// count values a channel:
//
//	running = (1 - momentum)·running + momentum·batch
//
// with the unbiased variance, variance·count/(count-1), as PyTorch does.
func BatchNormRunning[T Float](mean, variance []T, count int, momentum float64, runningMean, runningVar []T) {
	unbias := float64(count) / float64(max(count-1, 1))
	for i := range mean {
		runningMean[i] = T((1-momentum)*float64(runningMean[i]) + momentum*float64(mean[i]))
		runningVar[i] = T((1-momentum)*float64(runningVar[i]) + momentum*unbias*float64(variance[i]))
	}
}

// bnChannel is what normalising one channel takes:
// z = (x - mean)·scale + shift.
type bnChannel[T Float] struct{ mean, invStd, scale, shift T }

func bnChannelOf[T Float](ch int, mean, variance, weight, bias []T, eps float64) bnChannel[T] {
	inv := 1 / math.Sqrt(float64(variance[ch])+eps)
	b := bnChannel[T]{mean: mean[ch], invStd: T(inv), scale: T(inv)}
	if weight != nil {
		b.scale = T(inv * float64(weight[ch]))
	}
	if bias != nil {
		b.shift = bias[ch]
	}
	return b
}

type bnForwardJob[T Float] struct {
	n, c, hw                     int
	x, mean, variance, wt, bs, y []T
	eps                          float64
	a                            Act
}

func (j *bnForwardJob[T]) run(lo, hi int) {
	for p := lo; p < hi; p++ {
		b := bnChannelOf(p%j.c, j.mean, j.variance, j.wt, j.bs, j.eps)
		affineActRange(j.a, b.mean, b.scale, b.shift, j.x[p*j.hw:(p+1)*j.hw], j.y[p*j.hw:(p+1)*j.hw])
	}
}

// affineActRange computes y = f((x - mean)·scale + shift).
func affineActRange[T Float](a Act, mean, scale, shift T, x, y []T) {
	if isSingle[T]() && a.Kind == ActReLU &&
		vecAffineReLU(float32s(x), float32s(y), float32(mean), float32(scale), float32(shift)) {
		return
	}
	if a.Kind == ActIdentity {
		affineRange(mean, scale, shift, x, y)
		return
	}
	for at := 0; at < len(y); at += actBlock {
		end := min(at+actBlock, len(y))
		affineRange(mean, scale, shift, x[at:end], y[at:end])
		actRange(a, y[at:end], y[at:end])
	}
}

// BatchNormForward computes
//
//	y = f((x - mean) / sqrt(variance + eps) · weight + bias)
//
// A nil weight is 1, a nil bias 0. y may be x.
// x, y: (n, c, hw); the others: (c). (Ioffe and Szegedy 2015, arXiv:1502.03167)
func BatchNormForward[T Float](n, c, hw int, x, mean, variance, weight, bias []T, eps float64, a Act, y []T) {
	grain := min(planeGrain(hw), max(1, a.grain()/max(hw, 1)))
	parallel(n*c, grain, bnForwardJob[T]{n, c, hw, x, mean, variance, weight, bias, y, eps, a})
}

type bnReduceJob[T Float] struct {
	n, c, hw                      int
	x, mean, variance, wt, bs, dy []T
	eps                           float64
	a                             Act
	dweight, dbias                []T
}

func (j *bnReduceJob[T]) run(lo, hi int) {
	for ch := lo; ch < hi; ch++ {
		b := bnChannelOf(ch, j.mean, j.variance, j.wt, j.bs, j.eps)
		var sum, dot float64
		for i := range j.n {
			p := i*j.c + ch
			s, d := bnReduceRange(j.a, b, j.x[p*j.hw:(p+1)*j.hw], j.dy[p*j.hw:(p+1)*j.hw])
			sum += s
			dot += d
		}
		j.dbias[ch] = T(sum)
		j.dweight[ch] = T(dot * (1 / math.Sqrt(float64(j.variance[ch])+j.eps)))
	}
}

// bnReduceRange returns the sums of g and of g·(x - mean), where
// g = dy·f'((x - mean)·scale + shift).
func bnReduceRange[T Float](a Act, b bnChannel[T], x, dy []T) (sum, dot float64) {
	if isSingle[T]() && a.Kind == ActReLU {
		if sum, dot, ok := vecNormReLUReduce(float32s(x), float32s(dy), float32(b.mean), float32(b.scale), float32(b.shift)); ok {
			return sum, dot
		}
	}
	if a.Kind == ActIdentity {
		return normReduceRange(b.mean, x, dy)
	}
	var buf [actBlock]T
	for at := 0; at < len(x); at += actBlock {
		end := min(at+actBlock, len(x))
		z := buf[:end-at]
		affineRange(b.mean, b.scale, b.shift, x[at:end], z)
		actBackwardRange(a, z, dy[at:end], z)
		s, d := normReduceRange(b.mean, x[at:end], z)
		sum += s
		dot += d
	}
	return sum, dot
}

// normReduceRange returns the sums of g and of g·(x - mean).
func normReduceRange[T Float](mean T, x, g []T) (sum, dot float64) {
	if isSingle[T]() {
		if sum, dot, ok := vecNormReduce(float32s(x), float32s(g), float32(mean)); ok {
			return sum, dot
		}
	}
	for i, v := range x {
		gi := float64(g[i])
		sum += gi
		dot += gi * (float64(v) - float64(mean))
	}
	return sum, dot
}

// BatchNormBackwardReduce computes the gradients of BatchNormForward's weight
// and bias, which its input's gradient needs too:
//
//	g = dy · f'(z),   dbias = sum g,   dweight = sum g·(x - mean)/sqrt(variance + eps)
//
// z, the argument of f, is made again from x.
// x, dy: (n, c, hw); the others: (c).
func BatchNormBackwardReduce[T Float](n, c, hw int, x, mean, variance, weight, bias, dy []T, eps float64, a Act, dweight, dbias []T) {
	parallel(c, bnGrain(n, hw), bnReduceJob[T]{n, c, hw, x, mean, variance, weight, bias, dy, eps, a, dweight, dbias})
}

type bnInputJob[T Float] struct {
	n, c, hw                                int
	x, mean, variance, wt, bs, dy, dwt, dbs []T
	eps                                     float64
	a                                       Act
	training                                bool
	dx                                      []T
}

func (j *bnInputJob[T]) run(lo, hi int) {
	count := float64(j.n * j.hw)
	for p := lo; p < hi; p++ {
		ch := p % j.c
		b := bnChannelOf(ch, j.mean, j.variance, j.wt, j.bs, j.eps)
		var perX, shift T // dx = g·scale + (x - mean)·perX + shift
		if j.training {
			scale, inv := float64(b.scale), 1/math.Sqrt(float64(j.variance[ch])+j.eps)
			perX = T(-scale * inv * float64(j.dwt[ch]) / count)
			shift = T(-scale * float64(j.dbs[ch]) / count)
		}
		bnInputRange(j.a, b, perX, shift, j.x[p*j.hw:(p+1)*j.hw], j.dy[p*j.hw:(p+1)*j.hw], j.dx[p*j.hw:(p+1)*j.hw])
	}
}

// bnInputRange computes dx = g·scale + (x - mean)·perX + shift, where
// g = dy·f'((x - mean)·scale + b.shift).
func bnInputRange[T Float](a Act, b bnChannel[T], perX, shift T, x, dy, dx []T) {
	if isSingle[T]() && a.Kind == ActReLU &&
		vecNormReLUGrad(float32s(x), float32s(dy), float32s(dx),
			float32(b.mean), float32(b.scale), float32(b.shift), float32(perX), float32(shift)) {
		return
	}
	if a.Kind == ActIdentity {
		normGradRange(b, perX, shift, x, dy, dx)
		return
	}
	var buf [actBlock]T
	for at := 0; at < len(x); at += actBlock {
		end := min(at+actBlock, len(x))
		z := buf[:end-at]
		affineRange(b.mean, b.scale, b.shift, x[at:end], z)
		actBackwardRange(a, z, dy[at:end], z)
		normGradRange(b, perX, shift, x[at:end], z, dx[at:end])
	}
}

// normGradRange computes dx = g·scale + (x - mean)·perX + shift.
func normGradRange[T Float](b bnChannel[T], perX, shift T, x, g, dx []T) {
	if isSingle[T]() && vecNormGrad(float32s(x), float32s(g), float32s(dx),
		float32(b.mean), float32(b.scale), float32(perX), float32(shift)) {
		return
	}
	for i, v := range x {
		dx[i] = g[i]*b.scale + ((v-b.mean)*perX + shift)
	}
}

// BatchNormBackwardInput computes the gradient of BatchNormForward's x from
// the results of BatchNormBackwardReduce. In training, mean and variance are
// those of x itself and count as functions of it:
//
//	dx = weight/sqrt(variance + eps) · (g - dbias/m - x̂·dweight/m),   m = n·hw
//
// Otherwise they are constants and only the term of g remains; dweight and
// dbias may then be nil. dx may be dy or x.
// x, dy, dx: (n, c, hw); the others: (c).
func BatchNormBackwardInput[T Float](n, c, hw int, x, mean, variance, weight, bias, dy, dweight, dbias []T, eps float64, a Act, training bool, dx []T) {
	grain := min(planeGrain(hw), max(1, a.grain()/max(hw, 1)))
	parallel(n*c, grain, bnInputJob[T]{n, c, hw, x, mean, variance, weight, bias, dy, dweight, dbias, eps, a, training, dx})
}

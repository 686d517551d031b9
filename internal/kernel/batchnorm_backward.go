package kernel

import "math"

type bnReduceJob[T Float] struct {
	n, c, hw                            int
	x, mean, variance, scale, shift, dy []T
	eps                                 float64
	a                                   Act
	dweight, dbias                      []T
}

func (j *bnReduceJob[T]) run(lo, hi int) {
	channels := hi - lo
	lent := scratch64.take(2 * channels)
	sums, dots := lent[:channels], lent[channels:]
	clear(lent)
	images := imagesAtOnce(j.n, j.hw)
	for i := 0; i < j.n; i += images {
		for k := range channels {
			sum, dot := j.planes(i, images, lo+k)
			sums[k] += sum
			dots[k] += dot
		}
	}
	for k, dot := range dots {
		ch := lo + k
		j.dbias[ch] = T(sums[k])
		j.dweight[ch] = T(dot / math.Sqrt(float64(j.variance[ch])+j.eps))
	}
	scratch64.give(lent)
}

// planes returns the sums of g and of g·(x - mean) over a channel of some
// images from the i-th on, where g = dy·f'((x - mean)·scale + shift).
func (j *bnReduceJob[T]) planes(i, images, ch int) (sum, dot float64) {
	from := (i*j.c + ch) * j.hw
	x, dy, stride := j.x[from:], j.dy[from:], j.c*j.hw
	mean, scale, shift := j.mean[ch], j.scale[ch], j.shift[ch]
	if isSingle[T]() && j.a.Kind == ActReLU {
		if sum, dot, ok := vecNormReLUReduce(float32s(x), float32s(dy), j.hw, images, stride, float32(mean), float32(scale), float32(shift)); ok {
			return sum, dot
		}
	}
	if isSingle[T]() && j.a.Kind == ActIdentity {
		if sum, dot, ok := vecNormReduce(float32s(x), float32s(dy), j.hw, images, stride, float32(mean)); ok {
			return sum, dot
		}
	}
	var buf [actBlock]T
	for i := range images {
		for at := i * stride; at < i*stride+j.hw; at += actBlock {
			end := min(at+actBlock, i*stride+j.hw)
			z := buf[:end-at]
			affineRange(mean, scale, shift, x[at:end], z)
			actBackwardRange(j.a, z, dy[at:end], z)
			s, d := normReduceRange(mean, x[at:end], z)
			sum += s
			dot += d
		}
	}
	return sum, dot
}

// normReduceRange returns the sums of g and of g·(x - mean).
func normReduceRange[T Float](mean T, x, g []T) (sum, dot float64) {
	if isSingle[T]() {
		if sum, dot, ok := vecNormReduce(float32s(x), float32s(g), len(x), 1, 0, float32(mean)); ok {
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
	lent, scale, shift := bnScale(variance[:c], weight, bias, eps)
	parallel(c, bnGrain(n, hw), bnReduceJob[T]{n, c, hw, x, mean, variance, scale, shift, dy, eps, a, dweight, dbias})
	giveFloats(lent)
}

type bnInputJob[T Float] struct {
	c, hw                                   int
	x, mean, scale, shift, perX, offset, dy []T
	a                                       Act
	dx                                      []T
	stream                                  bool
}

func (j *bnInputJob[T]) run(lo, hi int) {
	for p := lo; p < hi; {
		ch := p % j.c
		end := min(ch+hi-p, j.c) // to the end of the image
		j.planes(ch, end, p*j.hw, (p+end-ch)*j.hw)
		p += end - ch
	}
}

// planes computes, for the channels [ch, end) of one image,
// dx = g·scale + (x - mean)·perX + offset, g = dy·f'((x - mean)·scale + shift).
func (j *bnInputJob[T]) planes(ch, end, from, to int) {
	x, dy, dx := j.x[from:to], j.dy[from:to], j.dx[from:to]
	mean, scale, shift, perX, offset := j.mean[ch:end], j.scale[ch:end], j.shift[ch:end], j.perX[ch:end], j.offset[ch:end]
	if isSingle[T]() && j.planesVec(float32s(mean), float32s(scale), float32s(shift), float32s(perX), float32s(offset),
		float32s(x), float32s(dy), float32s(dx)) {
		return
	}
	if j.a.Kind == ActIdentity {
		normGradPlanes(j.hw, mean, scale, perX, offset, x, dy, dx)
		return
	}
	var buf [actBlock]T
	for p := range mean {
		for at := p * j.hw; at < (p+1)*j.hw; at += actBlock {
			to := min(at+actBlock, (p+1)*j.hw)
			z := buf[:to-at]
			affineRange(mean[p], scale[p], shift[p], x[at:to], z)
			actBackwardRange(j.a, z, dy[at:to], z)
			normGradPlanes(to-at, mean[p:p+1], scale[p:p+1], perX[p:p+1], offset[p:p+1], x[at:to], z, dx[at:to])
		}
	}
}

func (j *bnInputJob[T]) planesVec(mean, scale, shift, perX, offset, x, dy, dx []float32) bool {
	switch {
	case j.a.Kind == ActReLU && j.stream:
		return vecNormReLUGradStream(x, dy, dx, j.hw, mean, scale, shift, perX, offset)
	case j.a.Kind == ActReLU:
		return vecNormReLUGrad(x, dy, dx, j.hw, mean, scale, shift, perX, offset)
	case j.a.Kind == ActIdentity && j.stream:
		return vecNormGradStream(x, dy, dx, j.hw, mean, scale, perX, offset)
	}
	return false
}

// normGradPlanes computes dx = g·scale + (x - mean)·perX + offset, with numbers
// of its own for each plane of n elements.
func normGradPlanes[T Float](n int, mean, scale, perX, offset, x, g, dx []T) {
	if isSingle[T]() && vecNormGrad(float32s(x), float32s(g), float32s(dx), n,
		float32s(mean), float32s(scale), float32s(perX), float32s(offset)) {
		return
	}
	for p, m := range mean {
		out, gs := dx[p*n:(p+1)*n], g[p*n:(p+1)*n]
		for i, v := range x[p*n : (p+1)*n] {
			out[i] = gs[i]*scale[p] + ((v-m)*perX[p] + offset[p])
		}
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
	lent, scale, shift := bnScale(variance[:c], weight, bias, eps)
	terms := takeFloats[T](2 * c)
	perX, offset := terms[:c], terms[c:]
	clear(terms)
	if training {
		count := float64(n * hw)
		for i, s := range scale {
			perX[i] = T(-float64(s) * float64(dweight[i]) / (count * math.Sqrt(float64(variance[i])+eps)))
			offset[i] = T(-float64(s) * float64(dbias[i]) / count)
		}
	}
	stream := isSingle[T]() && streams(float32s(dx)[:n*c*hw/Threads()], float32s(x), float32s(dy))
	parallel(n*c, bnPlaneGrain(hw, a), bnInputJob[T]{c, hw, x, mean, scale, shift, perX, offset, dy, a, dx, stream})
	giveFloats(terms)
	giveFloats(lent)
}

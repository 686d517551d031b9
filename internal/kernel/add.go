package kernel

// addNJob holds its terms by value: a slice of slices would be allocated by
// every caller.
type addNJob[T Float] struct {
	y     []T
	xs    [8][]T
	terms int
}

// The sum is made a cache block at a time, so that y goes to memory once.
func (j *addNJob[T]) run(lo, hi int) {
	if isSingle[T]() && j.terms == 2 {
		x1, x2, y := float32s(j.xs[0][lo:hi]), float32s(j.xs[1][lo:hi]), float32s(j.y[lo:hi])
		if streams(y, x1, x2) && vecAddStream(x1, x2, y) {
			return
		}
	}
	const block = 2048
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		y := j.y[lo:end]
		addRange(j.xs[0][lo:end], j.xs[1][lo:end], y)
		for _, x := range j.xs[2:j.terms] {
			addRange(y, x[lo:end], y)
		}
	}
}

// AddN computes y = xs[0] + xs[1] + ..., added in that order. y may be one of
// the first two.
func AddN[T Float](y []T, xs ...[]T) {
	switch len(xs) {
	case 0:
		clear(y)
	case 1:
		ActForward(Act{}, xs[0], y)
	default:
		j := addNJob[T]{y: y}
		j.terms = copy(j.xs[:], xs)
		parallel(len(y), elementGrain, j)
		for _, x := range xs[j.terms:] {
			addMultiple(1, x, y)
		}
	}
}

func addRange[T Float](x1, x2, y []T) {
	if isSingle[T]() && vecAdd(float32s(x1), float32s(x2), float32s(y)) {
		return
	}
	x1, x2 = x1[:len(y)], x2[:len(y)]
	for i, v := range x1 {
		y[i] = v + x2[i]
	}
}

// actBlock is the number of elements that composed kernels work on at a time:
// what the first half writes, the second finds in the first-level cache.
const actBlock = 1024

type addActJob[T Float] struct {
	a         Act
	x1, x2, y []T
}

func (j *addActJob[T]) run(lo, hi int) {
	if isSingle[T]() && j.a.Kind == ActReLU && addReLUVec(float32s(j.x1[lo:hi]), float32s(j.x2[lo:hi]), float32s(j.y[lo:hi])) {
		return
	}
	for ; lo < hi; lo += actBlock {
		end := min(lo+actBlock, hi)
		y := j.y[lo:end]
		addRange(j.x1[lo:end], j.x2[lo:end], y)
		if j.a.Kind != ActIdentity {
			actRange(j.a, y, y)
		}
	}
}

func addReLUVec(x1, x2, y []float32) bool {
	if streams(y, x1, x2) {
		return vecAddReLUStream(x1, x2, y)
	}
	return vecAddReLU(x1, x2, y)
}

func addReLUBackwardVec(x1, x2, dy, dx []float32) bool {
	if streams(dx, x1, x2, dy) {
		return vecAddReLUGradStream(x1, x2, dy, dx)
	}
	return vecAddReLUGrad(x1, x2, dy, dx)
}

// AddAct computes y = f(x1 + x2). y may be x1 or x2.
func AddAct[T Float](a Act, x1, x2, y []T) {
	parallel(len(y), a.grain(), addActJob[T]{a, x1, x2, y})
}

type addActBackwardJob[T Float] struct {
	a              Act
	x1, x2, dy, dx []T
}

func (j *addActBackwardJob[T]) run(lo, hi int) {
	if isSingle[T]() && j.a.Kind == ActReLU &&
		addReLUBackwardVec(float32s(j.x1[lo:hi]), float32s(j.x2[lo:hi]), float32s(j.dy[lo:hi]), float32s(j.dx[lo:hi])) {
		return
	}
	var z [actBlock]T
	for ; lo < hi; lo += actBlock {
		end := min(lo+actBlock, hi)
		s := z[:end-lo]
		addRange(j.x1[lo:end], j.x2[lo:end], s)
		actBackwardRange(j.a, s, j.dy[lo:end], j.dx[lo:end])
	}
}

// AddActBackward computes dx = dy · f'(x1 + x2), which is the gradient of both
// terms. dx may be any of the others.
func AddActBackward[T Float](a Act, x1, x2, dy, dx []T) {
	parallel(len(dx), a.grain(), addActBackwardJob[T]{a, x1, x2, dy, dx})
}

type mulJob[T Float] struct{ x1, x2, y []T }

func (j *mulJob[T]) run(lo, hi int) { mulRange(j.x1[lo:hi], j.x2[lo:hi], j.y[lo:hi]) }

// Mul computes y = x1 · x2, element by element. y may be x1 or x2.
func Mul[T Float](x1, x2, y []T) {
	parallel(len(y), elementGrain, mulJob[T]{x1, x2, y})
}

func mulRange[T Float](x1, x2, y []T) {
	if isSingle[T]() && vecMul(float32s(x1), float32s(x2), float32s(y)) {
		return
	}
	x1, x2 = x1[:len(y)], x2[:len(y)]
	for i, v := range x1 {
		y[i] = v * x2[i]
	}
}

// scaleRange computes y = s · x. y may be x.
func scaleRange[T Float](s T, x, y []T) {
	if isSingle[T]() && vecScale(float32s(x), float32s(y), float32(s)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = s * v
	}
}

type axpyJob[T Float] struct {
	s    T
	x, y []T
}

func (j *axpyJob[T]) run(lo, hi int) { axpyRange(j.s, j.x[lo:hi], j.y[lo:hi]) }

// addMultiple computes y += s · x.
func addMultiple[T Float](s T, x, y []T) {
	parallel(len(y), elementGrain, axpyJob[T]{s, x, y})
}

func axpyRange[T Float](s T, x, y []T) {
	if isSingle[T]() && vecAxpy(float32s(x), float32s(y), float32(s)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] += s * v
	}
}

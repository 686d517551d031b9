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

type copyJob[T Float] struct{ x, y []T }

func (j *copyJob[T]) run(lo, hi int) { copy(j.y[lo:hi], j.x[lo:hi]) }

// AddN computes y = xs[0] + xs[1] + ..., added in that order. y may be one of
// the first two.
func AddN[T Float](y []T, xs ...[]T) {
	switch len(xs) {
	case 0:
		clear(y)
	case 1:
		parallel(len(y), elementGrain, copyJob[T]{xs[0], y})
	default:
		j := addNJob[T]{y: y}
		j.terms = copy(j.xs[:], xs)
		parallel(len(y), elementGrain, j)
		for _, x := range xs[j.terms:] {
			addMultiple(1, x, y)
		}
	}
}

type mulJob[T Float] struct{ x1, x2, y []T }

func (j *mulJob[T]) run(lo, hi int) { mulRange(j.x1[lo:hi], j.x2[lo:hi], j.y[lo:hi]) }

// Mul computes y = x1 · x2, element by element. y may be x1 or x2.
func Mul[T Float](x1, x2, y []T) {
	parallel(len(y), elementGrain, mulJob[T]{x1, x2, y})
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

package kernel

import "math"

func rowGrain(cols int) int { return max(1, elementGrain/16/max(cols, 1)) }

func rowMax[T Float](x []T) T {
	if isSingle[T]() {
		if m, ok := vecMaxOf(float32s(x), len(x), 1, 0); ok {
			return T(m)
		}
	}
	m := x[0]
	for _, v := range x[1:] {
		if v > m || v != v {
			m = v
		}
	}
	return m
}

// expRange computes y = e^(x - shift) and returns the sum. y may be nil.
func expRange[T Float](x []T, shift T, y []T) float64 {
	if isSingle[T]() {
		if y == nil {
			if s, ok := vecSumExpShifted(float32s(x), len(x), 1, 0, float32(shift)); ok {
				return s
			}
		} else if s, ok := vecExpShifted(float32s(x), float32s(y), len(x), 1, 0, float32(shift)); ok {
			return s
		}
	}
	var s float64
	for i, v := range x {
		e := math.Exp(float64(v - shift))
		if y != nil {
			y[i] = T(e)
		}
		s += e
	}
	return s
}

type softmaxJob[T Float] struct {
	cols int
	log  bool
	x, y []T
}

func (j *softmaxJob[T]) run(lo, hi int) {
	for r := lo; r < hi; r++ {
		x, y := j.x[r*j.cols:(r+1)*j.cols], j.y[r*j.cols:(r+1)*j.cols]
		m := rowMax(x)
		if j.log {
			affineRange(m, 1, T(-math.Log(expRange(x, m, nil))), x, y)
			continue
		}
		scaleRange(T(1/expRange(x, m, y)), y, y)
	}
}

// SoftmaxRows computes y = eˣ / sum eˣ in each row, safe at any size of x.
// x, y: (rows, cols); y may be x.
func SoftmaxRows[T Float](rows, cols int, x, y []T) {
	parallel(rows, rowGrain(cols), softmaxJob[T]{cols, false, x, y})
}

// LogSoftmaxRows computes y = x - log(sum eˣ) in each row.
// x, y: (rows, cols); y may be x.
func LogSoftmaxRows[T Float](rows, cols int, x, y []T) {
	parallel(rows, rowGrain(cols), softmaxJob[T]{cols, true, x, y})
}

type softmaxBackwardJob[T Float] struct {
	cols      int
	log       bool
	y, dy, dx []T
}

func (j *softmaxBackwardJob[T]) run(lo, hi int) {
	for r := lo; r < hi; r++ {
		from, to := r*j.cols, (r+1)*j.cols
		y, dy, dx := j.y[from:to], j.dy[from:to], j.dx[from:to]
		if j.log {
			s := sumRange(dy)
			if isSingle[T]() && vecLogSoftmaxGrad(float32s(y), float32s(dy), float32s(dx), float32(s)) {
				continue
			}
			for i, v := range y {
				dx[i] = T(float64(dy[i]) - math.Exp(float64(v))*s)
			}
			continue
		}
		s := T(dotRange(y, dy))
		if isSingle[T]() && vecSoftmaxGrad(float32s(y), float32s(dy), float32s(dx), float32(s)) {
			continue
		}
		for i, v := range y {
			dx[i] = v * (dy[i] - s)
		}
	}
}

// SoftmaxRowsBackward computes dx = y · (dy - sum y·dy) in each row, from
// SoftmaxRows' result. All: (rows, cols); dx may be dy.
func SoftmaxRowsBackward[T Float](rows, cols int, y, dy, dx []T) {
	parallel(rows, rowGrain(cols), softmaxBackwardJob[T]{cols, false, y, dy, dx})
}

// LogSoftmaxRowsBackward computes dx = dy - eʸ · sum dy in each row, from
// LogSoftmaxRows' result. All: (rows, cols); dx may be dy.
func LogSoftmaxRowsBackward[T Float](rows, cols int, y, dy, dx []T) {
	parallel(rows, rowGrain(cols), softmaxBackwardJob[T]{cols, true, y, dy, dx})
}

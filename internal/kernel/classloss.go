package kernel

import "math"

// ClassTargets is what CrossEntropyOf compares rows of logits with: t, for
// class c of a row,
//
//	t[c] = Weights[c] · ((1 - Smoothing)·q[c] + Smoothing/cols)
//
// where q is the row of Probabilities or, without them, 1 at the row's label
// and 0 elsewhere. No Weights are ones.
type ClassTargets[T Float] struct {
	Labels        []int
	Probabilities []T
	Weights       []float64
	Smoothing     float64
}

// at is t[c] of row r.
func (t *ClassTargets[T]) at(r, c, cols int) float64 {
	var q float64
	if t.Probabilities != nil {
		q = float64(t.Probabilities[r*cols+c])
	} else if t.Labels[r] == c {
		q = 1
	}
	if t.Smoothing != 0 {
		q = (1-t.Smoothing)*q + t.Smoothing/float64(cols)
	}
	if t.Weights != nil {
		q *= t.Weights[c]
	}
	return q
}

type classLossJob[T Float] struct {
	cols    int
	logits  []T
	targets ClassTargets[T]
	loss    []float64
}

// With z = x - max, -log p_i = log(sum e^z) - z_i. A class without a share in
// the target adds nothing, even where its logit is -Inf.
func (j *classLossJob[T]) run(lo, hi int) {
	for r := lo; r < hi; r++ {
		x := j.logits[r*j.cols : (r+1)*j.cols]
		m := rowMax(x)
		logSum := math.Log(expRange(x, m, nil))
		loss := 0.0
		for c, v := range x {
			if t := j.targets.at(r, c, j.cols); t != 0 {
				loss += t * (logSum - float64(v-m))
			}
		}
		j.loss[r] = loss
	}
}

// CrossEntropyOf is the sum over rows of -sum over c of t[c]·log p[c],
// p = softmax(logits). logits: (rows, cols).
func CrossEntropyOf[T Float](rows, cols int, logits []T, t ClassTargets[T]) float64 {
	loss := scratch64.take(rows)
	parallel(rows, rowGrain(cols), classLossJob[T]{cols, logits, t, loss})
	sum := 0.0
	for _, v := range loss {
		sum += v
	}
	scratch64.give(loss)
	return sum
}

type classLossBackwardJob[T Float] struct {
	cols    int
	logits  []T
	targets ClassTargets[T]
	scale   float64
	dlogits []T
}

func (j *classLossBackwardJob[T]) run(lo, hi int) {
	for r := lo; r < hi; r++ {
		x, dx := j.logits[r*j.cols:(r+1)*j.cols], j.dlogits[r*j.cols:(r+1)*j.cols]
		total := 0.0
		for c := range x {
			total += j.targets.at(r, c, j.cols)
		}
		p := total / expRange(x, rowMax(x), dx)
		for c, e := range dx {
			dx[c] = T(j.scale * (p*float64(e) - j.targets.at(r, c, j.cols)))
		}
	}
}

// CrossEntropyOfBackward computes the gradient of scale times CrossEntropyOf:
//
//	dlogits[c] = scale · (p[c] · sum of t - t[c])
//
// logits, dlogits: (rows, cols), possibly the same.
func CrossEntropyOfBackward[T Float](rows, cols int, logits []T, t ClassTargets[T], scale float64, dlogits []T) {
	parallel(rows, rowGrain(cols), classLossBackwardJob[T]{cols, logits, t, scale, dlogits})
}
